import { useRef } from 'preact/hooks';
import type { SessionProps } from './app.js';

/** Errors and notices, and what those hear who do not see the page. */
export function Messages({ session }: SessionProps) {
  const messages = session.messages.list.value;
  const all = useRef<HTMLDivElement>(null);
  const of = (wanted: 'error' | 'notice') =>
    messages
      .filter(({ kind }) => kind === wanted)
      .map(({ id, text }) => (
        <p key={id} class={`message ${wanted}`}>
          <span>{text}</span>
          <button
            type="button"
            aria-label={`Put away: ${text}`}
            onClick={() => {
              session.messages.dismiss(id);
              // The button goes, and its focus would with it.
              all.current?.focus();
            }}
          >
            ×
          </button>
        </p>
      ));
  const update = session.update.value;
  return (
    <div ref={all} tabIndex={-1}>
      <div role="alert">{of('error')}</div>
      <div class="notices">
        {of('notice')}
        {update && (
          <p class="message notice">
            <span>A newer version of the studio is there.</span>
            <button type="button" onClick={update}>
              Load it
            </button>
          </p>
        )}
      </div>
      <p role="status" class="unseen">
        {session.status.value}
      </p>
    </div>
  );
}
