import type { MeasuredClip } from '../validation.js';
import type { ClipMeasure } from './record-options.js';

/** Further measures of the clips of a validation, and their means. */
export class MeanMeasures {
  private readonly measure: ClipMeasure | undefined;
  private readonly samplingRate: number;
  private readonly sums = new Map<string, number>();
  private clips = 0;

  constructor(measure: ClipMeasure | undefined, samplingRate: number) {
    this.measure = measure;
    this.samplingRate = samplingRate;
  }

  async add({ audio, generated }: MeasuredClip): Promise<void> {
    if (!this.measure) return;
    this.clips++;
    const found = await this.measure(audio, generated, this.samplingRate);
    for (const [name, value] of Object.entries(found)) {
      this.sums.set(name, (this.sums.get(name) ?? 0) + value);
    }
  }

  /** Undefined where nothing is measured. */
  get means(): Readonly<Record<string, number>> | undefined {
    if (this.sums.size === 0) return undefined;
    return Object.fromEntries([...this.sums].map(([name, sum]) => [name, sum / this.clips]));
  }

  /** `, stoi 0.9710`, for a line. */
  get told(): string {
    return Object.entries(this.means ?? {})
      .map(([name, mean]) => `, ${name} ${mean.toFixed(4)}`)
      .join('');
  }
}
