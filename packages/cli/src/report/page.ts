import { counted } from '../terminal/format.js';
import { type Chart, drawChart } from './chart.js';
import { drawDocument, drawFacts, drawNotes } from './document.js';
import { escapeHtml } from './html.js';
import type { ClipSamples, RunSamples } from './run-samples.js';
import { drawClip, drawTake } from './take.js';

export interface ReportPage {
  /** Of the run. */
  readonly name: string;
  /** What there is to know, by name. */
  readonly facts: readonly (readonly [string, string])[];
  readonly charts: readonly Chart[];
  readonly samples: RunSamples;
  /** What to call the clips, in the order of the validation. */
  readonly clipNames: readonly string[];
  /** The text of config.json; absent where there is none. */
  readonly config: string | undefined;
  /** What could not be read or was left out. */
  readonly notes: readonly string[];
}

/** The page of {@link drawDocument}. Whatever names are in the run, they are text. */
export function drawPage(page: ReportPage): string {
  const { name, facts, charts, samples, clipNames, config, notes } = page;
  return drawDocument({
    ...{ title: `${name} – a training of HiFi-GAN`, heading: name, generator: 'hifigan report' },
    switches: `<input type="checkbox" id="smooth" checked> <label class="switch" for="smooth">smoothed</label>
<input type="checkbox" id="log"> <label class="switch" for="log">logarithmic scale</label>
`,
    sections: [
      ['The run', drawFacts(facts)],
      [
        'Curves',
        charts.length > 0 ? `<div class="charts">${charts.map(drawChart).join('\n')}</div>` : '',
      ],
      ['Sound', samples.clips.map((clip) => drawSamples(clip, clipNames[clip.index])).join('\n')],
      [
        'Configuration',
        config === undefined ? '' : `<pre tabindex="0">${escapeHtml(config)}</pre>`,
      ],
      ['Notes', drawNotes(notes)],
    ],
  });
}

function drawSamples({ index, recording, generated }: ClipSamples, id: string | undefined): string {
  const name = id ?? `clip ${index}`;
  return drawClip(name, [
    ...(recording ? [drawTake('recording', name, recording)] : []),
    ...generated.map((sample) =>
      drawTake(`after step ${sample.step.toLocaleString('en')}`, name, sample),
    ),
  ]);
}

/** What of a log and of event files is not in the page. */
export function notesOf(
  { torn, kept, clips }: RunSamples,
  {
    tornLines,
    thinned,
    otherClipsUntil,
  }: {
    readonly tornLines: number;
    readonly thinned: boolean;
    /** Step of the last validation over other clips than those of the last one. */
    readonly otherClipsUntil: number | undefined;
  },
): string[] {
  const shown = clips[0]?.generated.length ?? 0;
  return [
    ...(clips.length === 0
      ? [
          'No sound: the run keeps none, or has not been validated yet (event files in logs/ hold it).',
        ]
      : []),
    ...(clips.length > 0 && shown < kept
      ? [`Sound of ${counted(shown, 'validation')} of ${kept} is in this page.`]
      : []),
    ...(otherClipsUntil !== undefined
      ? [
          `The clips of the validations changed after step ${otherClipsUntil.toLocaleString('en')}. What was measured over others does not compare: the best is that of the validations since.`,
        ]
      : []),
    ...(tornLines > 0
      ? [`${counted(tornLines, 'line')} of log.ndjson could not be read and were left out.`]
      : []),
    ...(torn > 0
      ? [`${counted(torn, 'event file')} ended in the middle of a record, as after a kill.`]
      : []),
    ...(thinned
      ? ['There are more records than a curve can show: neighbours were drawn as their mean.']
      : []),
  ];
}
