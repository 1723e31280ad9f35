import type { MeasuredClip } from '../validation.js';
import type { ClipMeasure } from './record-options.js';

/** Further measures of the clips of a validation, and their means. */
export class MeanMeasures {
  private readonly measure: ClipMeasure | undefined;
  private readonly samplingRate: number;
  private readonly found = new Map<string, { sum: number; clips: number }>();

  constructor(measure: ClipMeasure | undefined, samplingRate: number) {
    this.measure = measure;
    this.samplingRate = samplingRate;
  }

  async add({ id, audio, generated }: MeasuredClip): Promise<void> {
    if (!this.measure) return;
    const values = await this.measure(audio, generated, this.samplingRate, id);
    for (const [name, value] of Object.entries(values)) {
      const { sum, clips } = this.found.get(name) ?? { sum: 0, clips: 0 };
      this.found.set(name, { sum: sum + value, clips: clips + 1 });
    }
  }

  /** Each over the clips that it applies to; undefined where nothing is measured. */
  get means(): Readonly<Record<string, number>> | undefined {
    if (this.found.size === 0) return undefined;
    return Object.fromEntries([...this.found].map(([name, { sum, clips }]) => [name, sum / clips]));
  }
}
