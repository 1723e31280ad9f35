import type { LiveSession } from '../live-session.js';
import type { SessionProps } from './app.js';

/** The microphone, spoken by the voice at once. */
export function LiveSection({ session, live }: SessionProps & { readonly live: LiveSession }) {
  const facts = live.facts.value;
  const state = live.state.value;
  const ms = (seconds: number) => `${Math.round(1000 * seconds)} ms`;
  return (
    <section aria-labelledby="live-title">
      <details>
        <summary>
          <h2 id="live-title">Live</h2>
        </summary>
        <p class="hint">
          Speak, and hear the voice a moment later. Wear headphones: the microphone would hear the
          loudspeakers.
        </p>
        <div class="row">
          {state === 'off' ? (
            <button
              type="button"
              disabled={!session.voice.value || session.busy.value !== undefined}
              onClick={() => void live.start()}
            >
              Start
            </button>
          ) : (
            <button type="button" class="hot" onClick={() => live.stop()}>
              Stop
            </button>
          )}
          {facts && state === 'on' && (
            <span data-testid="live">
              latency {ms(facts.latency + facts.soundCard)}, load {Math.round(100 * facts.load)} %
              {facts.gaps > 0 && `, ${facts.gaps} gaps`}
            </span>
          )}
          {state === 'starting' && <span>Listening…</span>}
        </div>
        <p role="status">{live.outcome.value}</p>
      </details>
    </section>
  );
}
