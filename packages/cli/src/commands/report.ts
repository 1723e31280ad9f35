import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { EVENT_FOLDER } from '@hifigan/train/node';
import type { Command } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UserError } from '../errors.js';
import { checkWritable } from '../files/check-writable.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { addForceOption, wholeNumber } from '../options.js';
import { chartsOf } from '../report/charts.js';
import { drawPage, notesOf } from '../report/page.js';
import { type RunHistory, readRunHistory } from '../report/run-history.js';
import { readRunSamples } from '../report/run-samples.js';
import { byteSize, counted, duration } from '../terminal/format.js';

interface Options {
  readonly out: string;
  readonly steps: number;
  readonly force?: boolean;
}

/** `hifigan report RUN [-o report.html]`. */
export function registerReport(program: Command, context: Context): void {
  const command = program
    .command('report')
    .description(
      'one page about a training run: curves, sound, spectrograms; needs nothing but a browser',
    )
    .argument('<run>', 'folder of the run')
    .option('-o, --out <file>', 'the page; - is stdout', 'report.html')
    .option('--steps <count>', 'validations whose sound is in the page', wholeNumber(0), 4);
  addForceOption(command).action(async (typed: string, { out, steps, force }: Options) => {
    const { console } = context;
    const folder = pathOf(context, typed);
    const log = await logIn(folder, typed);
    const path = out === '-' ? out : pathOf(context, out);
    if (path !== '-') {
      await refuseExisting(path, force === true);
      checkWritable([{ path, shown: out }]);
    }
    const history = await readRunHistory(log);
    if (history.curves.size === 0) {
      throw new UserError(
        `${join(typed, 'log.ndjson')}: has no records yet, and there is nothing to show; wait for the first (train --summary_interval says when)`,
      );
    }
    const samples = await readRunSamples(join(folder, EVENT_FOLDER), steps);
    const config = await readFile(join(folder, 'config.json'), 'utf8').catch(() => undefined);
    const page = drawPage({
      name: basename(resolve(folder)),
      facts: factsOf(history),
      charts: chartsOf(history),
      samples,
      clipNames: history.lastValidation?.validation_clips?.map(({ id }) => String(id)) ?? [],
      config,
      notes: notesOf(samples, {
        tornLines: history.torn,
        otherClipsUntil: history.overOtherClips.at(-1)?.last?.step,
        thinned: [...history.curves.values()].some(({ count, points }) => count > points.length),
      }),
    });
    if (path === '-') return console.result(page.trimEnd());
    await writeAtomic(path, page);
    const bytes = Buffer.byteLength(page);
    console.note(
      `${counted(history.records, 'record')}, ${counted(samples.clips.length, 'clip')} with sound, ${byteSize(bytes)}`,
    );
    await console.result(
      console.json
        ? JSON.stringify({
            ...{ run: typed, report: out, bytes, records: history.records, torn: history.torn },
            steps: (history.lastStep?.step ?? -1) + 1,
            clips: samples.clips.length,
          })
        : out,
    );
  });
}

/** The log of a run. @throws UserError where the folder is none */
async function logIn(folder: string, typed: string): Promise<string> {
  const path = join(folder, 'log.ndjson');
  const about = await stat(folder).catch(() => undefined);
  if (!about) throw new UserError(`${typed}: there is no such folder; check the path`);
  if (!about.isDirectory()) {
    throw new UserError(`${typed}: is a file, where the folder of a training run is needed`);
  }
  const log = await stat(path).catch(() => undefined);
  if (!log?.isFile()) {
    throw new UserError(
      `${typed}: has no log.ndjson, and so is no training run of ours; name the folder that train was given as --out`,
    );
  }
  return path;
}

function factsOf(history: RunHistory): [string, string][] {
  const { records, comparable, lastStep, lastValidation, from, to, seconds } = history;
  const { least, last } = comparable;
  const mel = ({ value, step }: { value: number; step: number }) =>
    `${value.toFixed(4)} after ${counted(step + 1, 'step')}`;
  const day = (time: string) => time.replace('T', ' ').replace(/\..*/, ' UTC');
  return [
    ['steps', ((lastStep?.step ?? -1) + 1).toLocaleString('en')],
    ...(lastStep?.epoch === undefined
      ? []
      : [['epoch', String(lastStep.epoch)] as [string, string]]),
    ...(least ? [['best validation, mel error', mel(least)] as [string, string]] : []),
    ...(last ? [['last validation, mel error', mel(last)] as [string, string]] : []),
    ...Object.entries(lastValidation?.measures ?? {}).map(([name, mean]): [string, string] => [
      `last validation, ${name}`,
      Number(mean).toFixed(4),
    ]),
    ['time in steps', duration(seconds)],
    ...(from && to ? [['from – to', `${day(from)} – ${day(to)}`] as [string, string]] : []),
    ['records', records.toLocaleString('en')],
  ];
}
