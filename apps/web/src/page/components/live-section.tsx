import type { LiveFacts, LiveSession } from '../live-session.js';
import { ActionButton } from './action-button.js';
import type { SessionProps } from './app.js';

/** The microphone, spoken by the voice at once. */
export function LiveSection({ session, live }: SessionProps & { readonly live: LiveSession }) {
  const facts = live.facts.value;
  const state = live.state.value;
  const voice = session.voice.value;
  const most = live.lookAheads.value.at(-1);
  const frameSeconds = voice ? voice.hopSize / voice.samplingRate : 0;
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
        <label>
          Look ahead{' '}
          <select
            value={live.lookAhead.value}
            disabled={state !== 'off'}
            onChange={({ currentTarget }) => live.lookAt(Number(currentTarget.value))}
          >
            {live.lookAheads.value.map((frames) => (
              <option key={frames} value={frames}>
                {frames === 1 ? '1 frame' : `${frames} frames`} ({ms(frames * frameSeconds)})
                {frames === most && ': all'}
              </option>
            ))}
          </select>
        </label>
        <p class="hint">
          The voice speaks a frame from those that follow it, too: with fewer of them it is heard
          sooner, and less exactly; all make its own sound, with the least computing. Of the
          packaged voice the error lies 88 dB below its sound with 8 frames, 48 dB with 4, 31 dB
          with 2 and 19 dB with none.
        </p>
        <div class="row">
          {state === 'off' ? (
            <ActionButton
              can={voice !== undefined && session.busy.value === undefined}
              onAct={() => live.start()}
            >
              Start
            </ActionButton>
          ) : (
            <ActionButton class="hot" can onAct={() => live.stop()}>
              Stop
            </ActionButton>
          )}
          {facts && state === 'on' && <span data-testid="live">{wordsOf(facts)}</span>}
          {state === 'starting' && <span>Listening…</span>}
        </div>
        <p role="status">{live.outcome.value}</p>
      </details>
    </section>
  );
}

const ms = (seconds: number) => `${Math.round(1000 * seconds)} ms`;

/** The whole latency, and what it is made of. */
function wordsOf({ latency, soundCard, waits, load, gaps }: LiveFacts): string {
  const { frames, window, lookAhead } = waits;
  // Computing, the resampler, messages on their way, and what waits to be played.
  const rest = Math.max(0, latency - frames - window - lookAhead);
  const parts = [
    `frames that are spoken together ${ms(frames)}`,
    `rest of the mel window ${ms(window)}`,
    `look-ahead ${ms(lookAhead)}`,
    `computing and buffers ${ms(rest)}`,
    `sound card ${ms(soundCard)}`,
  ].join(', ');
  const missed = gaps > 0 ? `, ${gaps} ${gaps === 1 ? 'gap' : 'gaps'}` : '';
  return `latency ${ms(latency + soundCard)} (${parts}), load ${Math.round(100 * load)} %${missed}`;
}
