import type { PictureOf, PictureView } from '../../protocol.js';
import type { SessionProps } from './app.js';
import { PictureCanvas } from './picture-canvas.js';

const TITLES: Readonly<Record<PictureOf, string>> = {
  original: 'Original',
  generated: 'Generated',
  difference: 'Difference (blue: less, orange: more than the original)',
};

/** Spectrograms of both sounds and their difference, on one axis of time. */
export function Pictures({ session }: SessionProps) {
  const { from, to } = session.listening.range.value;
  return (
    <section aria-label="Spectrograms" class="pictures">
      <div class="row">
        <label>
          Show{' '}
          <select
            value={session.view.value}
            onChange={({ currentTarget }) => {
              session.view.value = currentTarget.value as PictureView;
            }}
          >
            <option value="mel">mel (what the voice is given)</option>
            <option value="spectrum">spectrum (all frequencies)</option>
          </select>
        </label>
        <button type="button" aria-label="Zoom in" onClick={() => session.listening.zoom(0.5)}>
          +
        </button>
        <button type="button" aria-label="Zoom out" onClick={() => session.listening.zoom(2)}>
          −
        </button>
        <button type="button" onClick={() => session.listening.showAll()}>
          All
        </button>
        <button type="button" aria-label="Earlier" onClick={() => session.listening.pan(-0.5)}>
          ‹
        </button>
        <button type="button" aria-label="Later" onClick={() => session.listening.pan(0.5)}>
          ›
        </button>
        <span class="hint">
          {from.toFixed(2)} to {to.toFixed(2)} s; click to seek, Ctrl and wheel to zoom
        </span>
      </div>
      {(['original', 'generated', 'difference'] as const).map((of) => (
        <figure key={of}>
          <figcaption>{TITLES[of]}</figcaption>
          <PictureCanvas session={session} of={of} title={TITLES[of]} />
        </figure>
      ))}
    </section>
  );
}
