import { createHash } from 'node:crypto';
import type { ImageValue } from '@hifigan/train/node';
import { counted } from '../terminal/format.js';
import { type Chart, drawChart } from './chart.js';
import { dataUrl, escapeHtml } from './html.js';
import type { ClipSamples, RunSamples, Sample } from './run-samples.js';
import { STYLE } from './style.js';

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

/**
 * A page of its own: style, pictures and sound are in it, it asks for nothing and has no script, and its policy lets
 * no browser do otherwise. Whatever names are in the run, they are text.
 */
export function drawPage(page: ReportPage): string {
  const { name, facts, charts, samples, clipNames, config, notes } = page;
  const style = createHash('sha256').update(STYLE).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${style}'; img-src data:; media-src data:; base-uri 'none'; form-action 'none'`;
  const title = `${name} – a training of HiFi-GAN`;
  const section = (heading: string, content: string) =>
    content && `<section><h2>${escapeHtml(heading)}</h2>\n${content}</section>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="generator" content="hifigan report">
<title>${escapeHtml(title)}</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(name)}</h1>
<input type="checkbox" id="smooth" checked> <label class="switch" for="smooth">smoothed</label>
<input type="checkbox" id="log"> <label class="switch" for="log">logarithmic scale</label>
<main>
${section('The run', `<dl>${facts.map(([key, value]) => `<dt>${escapeHtml(key)}</dt><dd>${escapeHtml(value)}</dd>`).join('\n')}</dl>`)}
${section('Curves', charts.length > 0 ? `<div class="charts">${charts.map(drawChart).join('\n')}</div>` : '')}
${section('Sound', samples.clips.map((clip) => drawClip(clip, clipNames[clip.index])).join('\n'))}
${section('Configuration', config === undefined ? '' : `<pre tabindex="0">${escapeHtml(config)}</pre>`)}
${section('Notes', notes.map((note) => `<p class="note">${escapeHtml(note)}</p>`).join('\n'))}
</main>
</body>
</html>
`;
}

function drawClip({ index, recording, generated }: ClipSamples, id: string | undefined): string {
  const name = id ?? `clip ${index}`;
  const takes = [
    ...(recording ? [drawTake('recording', name, recording)] : []),
    ...generated.map((sample) =>
      drawTake(`after step ${sample.step.toLocaleString('en')}`, name, sample),
    ),
  ];
  return `<article class="clip"><h3>${escapeHtml(name)}</h3><div class="takes">${takes.join('\n')}</div></article>`;
}

function drawTake(title: string, clip: string, { audio, mel, difference }: Sample): string {
  const seconds = audio && audio.samplingRate > 0 ? audio.samples / audio.samplingRate : undefined;
  const about = `${title}${seconds === undefined ? '' : `, ${seconds.toFixed(1)} s`}`;
  const label = escapeHtml(`${clip}, ${title}`);
  const parts = [
    `<figcaption>${escapeHtml(about)}</figcaption>`,
    audio &&
      `<audio controls preload="metadata" aria-label="${label}" src="${dataUrl('audio/wav', audio.wav)}"></audio>`,
    mel && drawImage(mel, `spectrogram of ${clip}, ${title}`),
    difference &&
      drawImage(
        difference,
        `how that of ${clip}, ${title}, differs from the recording: red is louder, blue is quieter`,
      ),
  ];
  return `<figure class="take">${parts.filter(Boolean).join('')}</figure>`;
}

function drawImage({ width, height, png }: ImageValue, alt: string): string {
  return `<img src="${dataUrl('image/png', png)}" width="${width}" height="${height}" alt="${escapeHtml(alt)}" title="${escapeHtml(alt)}">`;
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
