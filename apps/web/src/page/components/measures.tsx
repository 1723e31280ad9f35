import type { Measures as Measured } from '../../protocol.js';
import { ActionButton } from './action-button.js';
import type { SessionProps } from './app.js';

/** The measures that are shown, and what they say. */
export const SHOWN: readonly (readonly [keyof Measured, string, string, number])[] = [
  ['mel_distance', 'Mel L1', 'nepers, lower is better', 3],
  ['mel_distance_full_band', 'Mel L1, full band', 'nepers, lower is better', 3],
  [
    'stft_spectral_convergence',
    'Multi-resolution STFT, spectral convergence',
    'lower is better',
    3,
  ],
  ['stft_log_magnitude', 'Multi-resolution STFT, log magnitude', 'nepers, lower is better', 3],
  ['f0_rmse', 'F0 error', 'cents, lower is better', 1],
  ['voiced_f1', 'Voiced/unvoiced F1', 'higher is better', 3],
  ['stoi', 'STOI', 'higher is better', 3],
  ['mel_cepstral_distortion', 'Mel-cepstral distortion', 'dB, lower is better', 2],
  ['loudness_difference', 'Loudness', 'LU, 0 is the same', 2],
];

/** How far the generated sound lies from the original. */
export function Measures({ session }: SessionProps) {
  const measures = session.measuring.result.value;
  const progress = session.measuring.progress.value;
  return (
    <section aria-labelledby="measures-title" aria-busy={measures === 'busy'}>
      <h2 id="measures-title">Measures</h2>
      {measures === undefined && <p class="hint">{hintOf(session.canMeasure.value)}</p>}
      {measures === 'busy' && (
        <p class="row">
          <progress max={progress?.of ?? 1} value={progress?.done ?? 0} aria-label="Measuring" />
          <span>Measuring{progress && ` ${progress.what}`}…</span>
        </p>
      )}
      {typeof measures === 'object' && (
        <table>
          <tbody>
            {SHOWN.map(([key, title, unit, digits]) => (
              <tr key={key} data-measure={key}>
                <th scope="row">{title}</th>
                <td>{measures[key] === null ? '—' : measures[key].toFixed(digits)}</td>
                <td class="hint">{unit}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {measures === 'busy' ? (
        <ActionButton key="act" can onAct={() => session.measuring.stop()}>
          Stop measuring
        </ActionButton>
      ) : (
        session.canMeasure.value && (
          <ActionButton
            key="act"
            can={measures === undefined}
            onAct={() => session.measuring.measure()}
          >
            Measure
          </ActionButton>
        )
      )}
    </section>
  );
}

function hintOf(can: boolean): string {
  return can
    ? 'Of long sounds on demand: tracking pitch takes a while.'
    : 'They compare a recording with what was made of it, once it has been spoken without the editor.';
}
