import type { EngineName } from '../../protocol.js';
import { setTheme, type Theme, theme } from '../theme.js';
import type { SessionProps } from './app.js';

export function Header({ session }: SessionProps) {
  const voice = session.voice.value;
  return (
    <header class="top">
      <h1>HiFi-GAN studio</h1>
      <p class="lead">
        What a vocoder makes of speech. Computed here, on your machine; nothing is uploaded.
      </p>
      <div class="choices">
        <label>
          Engine{' '}
          <select
            value={session.nextEngine.value ?? voice?.engine ?? ''}
            disabled={session.busy.value === 'starting'}
            onChange={(event) => void session.useEngine(event.currentTarget.value as EngineName)}
          >
            {!voice && <option value="">…</option>}
            {session.engines.value.map(({ name, title, missing }) => (
              <option key={name} value={name} disabled={missing !== undefined} title={missing}>
                {title}
                {missing !== undefined ? ` — ${missing}` : ''}
              </option>
            ))}
          </select>
        </label>
        <label>
          Colours{' '}
          <select
            value={theme.value}
            onChange={(event) => setTheme(event.currentTarget.value as Theme)}
          >
            <option value="system">as the system</option>
            <option value="dark">dark</option>
            <option value="light">light</option>
          </select>
        </label>
      </div>
    </header>
  );
}
