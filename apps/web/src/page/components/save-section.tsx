import type { Saving } from '../../protocol.js';
import { ActionButton } from './action-button.js';
import type { SessionProps } from './app.js';

/** What can be taken along. */
export function SaveSection({ session }: SessionProps) {
  const spoken = session.spoken.value !== undefined;
  const recording = session.input.value?.kind === 'recording';
  const ways: readonly (readonly [Saving, string, boolean])[] = [
    ['wav', 'Generated, WAV (16 bit)', spoken],
    ['wav-float', 'Generated, WAV (float)', spoken],
    ['original-wav', 'Original, WAV', recording],
    ['mel', 'Mel (.npy)', true],
    ['bundle', 'Model: bundle (.zip)', true],
    ['onnx', 'Model: ONNX', true],
  ];
  const busy = session.busy.value;
  return (
    <section aria-labelledby="save-title" aria-busy={busy === 'saving'}>
      <h2 id="save-title">Save</h2>
      <div class="row">
        {ways.map(([saving, title, can]) => (
          <ActionButton
            key={saving}
            can={can && busy === undefined}
            onAct={() => session.save(saving)}
          >
            {title}
          </ActionButton>
        ))}
      </div>
      <p class="hint">
        The mel is what the voice was given, in the reference’s layout [bands, frames]. The bundle
        is a folder for the command line: unpack it, and name it with --checkpoint.
      </p>
    </section>
  );
}
