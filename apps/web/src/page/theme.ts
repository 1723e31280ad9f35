import { signal } from '@preact/signals';

export type Theme = 'system' | 'dark' | 'light';

const KEY = 'theme';

export const theme = signal<Theme>('system');

/** Takes what was chosen before. */
export function applyTheme(): void {
  const stored = read();
  setTheme(stored === 'dark' || stored === 'light' ? stored : 'system');
}

export function setTheme(chosen: Theme): void {
  theme.value = chosen;
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
  try {
    localStorage.setItem(KEY, chosen);
  } catch {
    // Where nothing may be kept, it lasts as long as the page.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}
