import type { Side } from '../../sound/player.js';
import type { SessionProps } from './app.js';

/** Plays, switches between the sounds, and shows how far the computing is. */
export function PlayerBar({ session }: SessionProps) {
  const duration = session.listening.duration.value;
  const { hasOriginal, hasGenerated } = session.listening;
  const has = { original: hasOriginal.value, generated: hasGenerated.value };
  const progress = session.progress.value;
  const spoken = session.spoken.value;
  const speaking = session.busy.value === 'speaking';
  return (
    <section aria-label="Player" class="player">
      <button
        type="button"
        class="play"
        onClick={() => void session.listening.toggle()}
        disabled={duration === 0}
      >
        {session.listening.playing.value ? 'Pause' : 'Play'}
      </button>
      <fieldset class="row" aria-label="Which sound is heard (key x switches)">
        {(['original', 'generated'] as const).map((side: Side) => (
          <button
            key={side}
            type="button"
            aria-pressed={session.listening.side.value === side}
            disabled={!has[side]}
            onClick={() => session.switchSide(side)}
          >
            {side === 'original' ? 'Original' : 'Generated'}
          </button>
        ))}
      </fieldset>
      <label class="seek">
        <span class="unseen">Position</span>
        <input
          type="range"
          min={0}
          max={duration}
          step={0.01}
          value={session.listening.position.value}
          aria-valuetext={`${session.listening.position.value.toFixed(1)} of ${duration.toFixed(1)} seconds`}
          onInput={(event) => void session.listening.seek(event.currentTarget.valueAsNumber)}
        />
      </label>
      <output class="time">
        {session.listening.position.value.toFixed(1)} / {duration.toFixed(1)} s
      </output>
      <div class="work">
        {speaking ? (
          <>
            <progress max={progress?.of ?? 1} value={progress?.frames ?? 0} aria-label="Speaking" />
            <span data-testid="speed">
              {progress ? `${progress.speed.toFixed(1)} × real time` : 'The voice speaks…'}
            </span>
            <button type="button" onClick={() => session.cancel()}>
              Cancel
            </button>
          </>
        ) : (
          <>
            {spoken && (
              <span data-testid="speed">
                {spoken.seconds.toFixed(2)} s in {spoken.took.toFixed(2)} s:{' '}
                {(spoken.seconds / spoken.took).toFixed(1)} × real time
              </span>
            )}
            <button type="button" onClick={() => void session.speak()}>
              {spoken ? 'Speak again' : 'Speak'}
            </button>
          </>
        )}
      </div>
    </section>
  );
}
