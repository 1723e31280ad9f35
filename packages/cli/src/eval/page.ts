import {
  createMelSpectrogram,
  type MelOptions,
  type MelSpectrogram,
  writeWav,
} from '@hifigan/audio';
import {
  drawMel,
  drawMelDifference,
  type MelRange,
  melRange,
  type Picture,
  toPng,
} from '@hifigan/train/node';
import { drawDocument, drawFacts, drawNotes } from '../report/document.js';
import { escapeHtml } from '../report/html.js';
import { drawClip, drawTake, type Take } from '../report/take.js';
import { drawIntervals } from './draw-intervals.js';
import type { Evaluation } from './evaluation.js';
import type { SoundPair } from './item-judge.js';
import { isJudged, type JudgedItem, soundOf } from './judged.js';
import { type Measure, shownOf, titleOf } from './measures.js';
import { differencesTable, meansTable, type ResultTable } from './result-tables.js';

/** Seconds of a clip that are in the page. */
export const MOST_SECONDS = 20;

export interface EvalPage {
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly evaluation: Evaluation;
  readonly measures: readonly Measure[];
  /** HTML of the files that are heard, each made by {@link ClipDrawer.draw}, the worst first. */
  readonly clips: readonly string[];
  readonly notes: readonly string[];
}

/** A page of its own about a comparison; whatever names files and systems have, they are text. */
export function drawEvalPage({
  title,
  facts,
  evaluation,
  measures,
  clips,
  notes,
}: EvalPage): string {
  return drawDocument({
    ...{ title: `${title} – speech compared`, heading: title, generator: 'hifigan eval' },
    sections: [
      ['Means over files', drawTable(meansTable(evaluation, measures)) + drawFacts(facts)],
      [
        'Intervals',
        `<div class="charts">${measures.map((measure) => drawIntervals(evaluation.systems, measure)).join('\n')}</div>`,
      ],
      ['Differences on the same files', drawDifferences(evaluation, measures)],
      ['Sound, the worst first', clips.join('\n')],
      ['Files, the worst first', drawFiles(evaluation, measures)],
      ['Notes', drawNotes(notes)],
    ],
  });
}

function drawTable({ head, rows }: ResultTable): string {
  const cells = (row: readonly string[], tag: string) =>
    row
      .map((cell, i) => {
        const kind = tag === 'th' ? 'th scope="col"' : i === 0 ? 'th scope="row"' : 'td';
        return `<${kind}>${escapeHtml(cell)}</${kind.slice(0, 2)}>`;
      })
      .join('');
  const body = rows.map((row) => `<tr>${cells(row, 'td')}</tr>`).join('\n');
  return `<div class="scroll" tabindex="0"><table><thead><tr>${cells(head, 'th')}</tr></thead>\n<tbody>${body}</tbody></table></div>`;
}

function drawDifferences(evaluation: Evaluation, measures: readonly Measure[]): string {
  const table = differencesTable(evaluation, measures);
  return table ? drawTable(table) : '';
}

function drawFiles({ systems, files }: Evaluation, measures: readonly Measure[]): string {
  return drawTable({
    head: ['file', 'system', ...measures.map(titleOf)],
    rows: files.flatMap((file) =>
      systems.flatMap(({ name: system }) => {
        const sound = soundOf(file, system);
        if (!sound) return [];
        return [[file.name, system, ...measures.map((measure) => shownOf(sound, measure))]];
      }),
    ),
  });
}

/** Draws what is heard and seen of one reference after the other. */
export class ClipDrawer {
  readonly #spectrogram: MelSpectrogram;
  readonly #samplingRate: number;
  readonly #measures: readonly Measure[];
  readonly #clipped: string[] = [];

  constructor(mel: MelOptions, measures: readonly Measure[]) {
    this.#spectrogram = createMelSpectrogram(mel);
    this.#samplingRate = mel.samplingRate;
    this.#measures = measures;
  }

  /** What was louder than full scale, which 16 bits cannot be, by file and system. */
  get clipped(): readonly string[] {
    return this.#clipped;
  }

  /**
   * @param sounds by system, in their order, at the rate of the mel that the drawer was made for
   * @returns HTML; nothing where there are no sounds
   */
  draw(item: JudgedItem, sounds: ReadonlyMap<string, SoundPair>): string {
    const { name } = item;
    const pairs = [...sounds];
    if (pairs.length === 0) return '';
    const [, longest] = pairs.reduce((a, b) =>
      b[1].reference.length > a[1].reference.length ? b : a,
    );
    const original = this.#spectrogramOf(longest.reference);
    for (const [whose, audio] of [
      ['reference', longest.reference] as const,
      ...pairs.map(([system, { generated }]) => [system, generated] as const),
    ]) {
      if (this.#begin(audio).some((value) => Math.abs(value) > 1)) {
        this.#clipped.push(`${name} (${whose})`);
      }
    }
    // One scale for all, or they could not be compared.
    const range = original && melRange(original);
    return drawClip(name, [
      drawTake('reference', name, this.#take(longest.reference, { range })),
      ...pairs.map(([system, { reference, generated }]) =>
        drawTake(
          system,
          name,
          this.#take(generated, { range, reference }),
          this.#figures(soundOf(item, system)),
        ),
      ),
    ]);
  }

  #figures(sound: ReturnType<typeof soundOf>): string {
    if (!isJudged(sound)) return '';
    return this.#measures
      .map((measure) => {
        const unit = (sound.measures[measure.name] ?? null) === null ? '' : measure.unit;
        return `${measure.title} ${shownOf(sound, measure)} ${unit}`.trimEnd();
      })
      .join(', ');
  }

  #take(
    audio: Float32Array,
    { range, reference }: { readonly range?: MelRange; readonly reference?: Float32Array },
  ): Take {
    const heard = this.#begin(audio);
    const mel = this.#spectrogramOf(audio);
    const original = reference && this.#spectrogramOf(reference);
    const samplingRate = this.#samplingRate;
    return {
      audio: {
        ...{ samplingRate, samples: heard.length },
        wav: writeWav({ samplingRate, channels: [heard] }),
      },
      ...(mel && range && { mel: imageOf(drawMel(mel, range)) }),
      ...(mel && original && { difference: imageOf(drawMelDifference(original, mel)) }),
    };
  }

  /** Nothing of what is too short for a frame. */
  #spectrogramOf(audio: Float32Array) {
    try {
      return this.#spectrogram.analyze(this.#begin(audio));
    } catch (error) {
      if (error instanceof RangeError) return undefined;
      throw error;
    }
  }

  #begin(audio: Float32Array): Float32Array {
    return audio.subarray(0, MOST_SECONDS * this.#samplingRate);
  }
}

function imageOf(picture: Picture) {
  const { width, height } = picture;
  return { width, height, png: toPng(picture) };
}
