import type { SpeechComparison } from '@hifigan/metrics';
import type { SessionProps } from './app.js';

/** The measures that are shown, and what they say. */
const SHOWN: readonly (readonly [keyof SpeechComparison, string, string, number])[] = [
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
  const measures = session.measures.value;
  return (
    <section aria-labelledby="measures-title" aria-busy={measures === 'busy'}>
      <h2 id="measures-title">Measures</h2>
      {measures === undefined && <p class="hint">{hintOf(session.canMeasure.value)}</p>}
      {measures === 'busy' && <p>Measuring…</p>}
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
      {session.canMeasure.value && measures === undefined && (
        <button type="button" onClick={() => void session.measure()}>
          Measure
        </button>
      )}
    </section>
  );
}

function hintOf(can: boolean): string {
  return can
    ? 'Of long sounds on demand: tracking pitch takes a while.'
    : 'They compare a recording with what was made of it, once it has been spoken without the editor.';
}
