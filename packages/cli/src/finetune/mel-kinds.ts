import type { Mel } from '@hifigan/audio';
import { type Fit, fitLine, type OwnMel, residualOf } from './compare-mels.js';

/** What the values of a mel may be: ours, natural logarithms of magnitudes, are `factor` times as large. */
export interface MelKind {
  readonly name: string;
  readonly factor: number;
}

const LN10 = Math.LN10;

const NATURAL: MelKind = { name: 'natural logarithms', factor: 1 };

/** Of values that may be negative. */
const LOGARITHMS: readonly MelKind[] = [
  NATURAL,
  { name: 'logarithms of base 10', factor: LN10 },
  { name: 'decibels', factor: LN10 / 20 },
  { name: 'natural logarithms of powers', factor: 1 / 2 },
  { name: 'logarithms of powers to base 10', factor: LN10 / 2 },
];

/** Of values whose logarithm was taken here. */
const PLAIN: readonly MelKind[] = [
  { name: 'magnitudes without a logarithm', factor: 1 },
  { name: 'powers without a logarithm', factor: 1 / 2 },
];

/** What the values of a mel turned out to be. */
export interface KindFound {
  /** Absent: no kind that is known without doubt. */
  readonly kind?: MelKind;
  /** Whether they are what is needed. */
  readonly natural: boolean;
  readonly fit: Fit;
}

/**
 * Holds a kind for found where the values lie on its line nearly as well as on the best line: predictions scatter, but
 * about the line of their kind.
 *
 * @param shift at which the two fit
 * @param plain whether the values had no logarithm, and got it here
 */
export function findKind(own: OwnMel, theirs: Mel, shift: number, plain: boolean): KindFound {
  const fit = fitLine(own, theirs, shift);
  const bound = 1.5 * fit.residual + 0.1;
  const kinds = (plain ? PLAIN : LOGARITHMS)
    .map((kind) => ({
      kind,
      residual: residualOf(own, theirs, shift, { factor: kind.factor, offset: 0 }),
    }))
    .filter(({ residual }) => residual <= bound)
    // Where several would do, what is needed comes first.
    .sort(
      (a, b) => Number(b.kind === NATURAL) - Number(a.kind === NATURAL) || a.residual - b.residual,
    );
  const kind = kinds[0]?.kind;
  return { ...(kind && { kind }), natural: kind === NATURAL, fit };
}

/** Why values that are not what is needed are refused, with the evidence. */
export function refuseKind({ kind, fit }: KindFound, correlation: number): string {
  const evidence = `our mel of the recording is ${shown(fit.factor)} × these values ${fit.offset < 0 ? '−' : '+'} ${shown(Math.abs(fit.offset))} (${fit.values.toLocaleString('en')} values, correlation ${correlation.toFixed(2)})`;
  const needed = 'where natural logarithms of magnitudes are needed';
  if (kind) {
    return `its values are ${kind.name}, ${needed}: ${evidence}; --correct converts them`;
  }
  const near = LOGARITHMS.find(({ factor }) => Math.abs(fit.factor / factor - 1) < 0.1);
  if (near === NATURAL) {
    return (
      `its values are natural logarithms of another loudness, ${shown(Math.exp(-fit.offset))} × that of the recording: ${evidence}; ` +
      'give the recordings that the mels were made of (were they normalised before?)'
    );
  }
  return `its values are ${near ? `${near.name} from another reference` : 'of a scale of their own'}, ${needed}: ${evidence}; undo what was done to them`;
}

function shown(value: number): string {
  return value.toFixed(Math.abs(value) < 10 ? 2 : 1);
}
