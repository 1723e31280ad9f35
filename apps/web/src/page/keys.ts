import { signal } from '@preact/signals';
import type { Session } from './session.js';

/** Single keys can be in the way of who speaks to their machine: they can be switched off. */
export const keysOn = signal(true);

/** What single keys do, for the page's help. */
export const KEYS: readonly (readonly [key: string, what: string])[] = [
  ['Space', 'play or pause'],
  ['x', 'switch between original and generated, at the same place'],
  ['← →', 'a second back or forth'],
  ['+ −', 'zoom in or out'],
  ['0', 'show all'],
  ['Esc', 'stop what is being computed'],
];

export function heedKeys(session: Session): void {
  addEventListener('keydown', (event) => {
    if (!keysOn.value || event.ctrlKey || event.metaKey || event.altKey) return;
    if (takesKeys(event.target, event.key)) return;
    const act = actionOf(event.key, session);
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** Whether what has the focus wants that key itself. */
function takesKeys(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof Element)) return false;
  if (target.closest('input, textarea, select')) {
    // A slider takes arrows, but no letters.
    return !(target instanceof HTMLInputElement && target.type === 'range' && key === 'x');
  }
  return key === ' ' && target.closest('button, a, summary') !== null;
}

function actionOf(key: string, session: Session): (() => void) | undefined {
  if (key === 'Escape') return () => session.cancel();
  if (session.listening.duration.value === 0) return undefined;
  switch (key) {
    case ' ':
      return () => void session.listening.toggle();
    case 'x':
      return () => session.switchSide();
    case 'ArrowLeft':
      return () => void session.listening.seek(session.listening.position.value - 1);
    case 'ArrowRight':
      return () => void session.listening.seek(session.listening.position.value + 1);
    case '+':
    case '=':
      return () => session.listening.zoom(0.5);
    case '-':
      return () => session.listening.zoom(2);
    case '0':
      return () => session.listening.showAll();
    default:
      return undefined;
  }
}
