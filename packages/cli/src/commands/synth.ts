import { extname } from 'node:path';
import type { Command } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { type FoundFile, findFiles, isRecording, RECORDING_KINDS } from '../files/find-files.js';
import { missingFolders, removeEmptyFolders } from '../files/made-folders.js';
import { planOutputs } from '../files/plan-outputs.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import { fromPhases, tellIdlePhases } from '../options.js';
import { type JobsReport, runJobs } from '../run-jobs.js';
import { readList } from '../synth/read-list.js';
import { resumeJobs } from '../synth/resume-jobs.js';
import { shardOf } from '../synth/shard.js';
import { extensionOf } from '../synth/sound-encoder.js';
import type { AboutSpeaker } from '../synth/speak-file.js';
import { openLanes } from '../synth/speaking-lanes.js';
import {
  addSynthOptions,
  checkSynthOptions,
  formatOf,
  type SynthOptions,
} from '../synth/synth-options.js';
import { joinSynthRanks, type SynthReport } from '../synth/synth-ranks.js';
import { counted, duration } from '../terminal/format.js';

/** `hifigan synth IN… -o OUT`. */
export function registerSynth(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const command = program
    .command('synth')
    .description('mels (.npy), or recordings (analysis, then synthesis) → speech')
    .argument(
      '[in...]',
      '.npy files, recordings (WAV, FLAC, MP3, Ogg), or folders of them; - is stdin',
    );
  addSynthOptions(command, context).action(async (typed: string[], options: SynthOptions) => {
    const { console, now } = context;
    checkSynthOptions(options, typed);
    const format = formatOf(options);
    const ranks = await joinSynthRanks(context, options);
    const shard = ranks?.shard ?? options.shard;
    const inputs = await inputsOf(context, typed, options);
    const planned = await planOutputs(context, inputs, {
      out: options.out,
      extension: extensionOf(format),
      force: options.force === true || options.resume === true,
      otherwise: 'make only what is missing with --resume, ',
      ...(shard && { choose: (jobs) => shardOf(jobs, shard) }),
    });
    const { jobs, kept, failed } = options.resume
      ? await resumeJobs(context, planned, options.force === true)
      : { jobs: planned, kept: 0, failed: [] };
    let report: SynthReport = { files: [], failed, kept };
    const start = now();
    if (jobs.length > 0) {
      const workers = Math.min(options.workers, jobs.length);
      // Others who share the work may be about to write into them.
      const own = shard || options.out === '-' ? [] : jobs.map(({ output }) => output);
      const folders = await missingFolders(own);
      const lanes = await openLanes(context, {
        ...{ ...options, format, workers },
        available: ranks?.threads,
      });
      try {
        const done = await runJobs(context, {
          ...{ label: 'synth', jobs, lanes: lanes.works },
          // Other ranks wait for the report of this one, even where its share is a single file.
          alone: inputs.length === 1 && !ranks,
        });
        report = {
          ...{ files: done.files, failed: [...failed, ...done.failed], kept },
          voice: lanes.about,
        };
      } finally {
        await lanes.end();
        await removeEmptyFolders(folders);
      }
    }
    const all = (await ranks?.gather(report)) ?? report;
    const took = (now() - start) / 1000;
    if (all.voice) tellIdlePhases(context, options, all.voice.refined);
    const about = all.voice && tellSpeed(context, all, { took, ...all.voice });
    if (all.kept > 0) {
      console.note(`${counted(all.kept, 'file')} kept, whole and newer than the input`);
    }
    if (all.failed.length > 0) {
      console.note(`${counted(all.failed.length, 'file')} failed`);
      for (const { reason } of all.failed.slice(0, MOST_TOLD)) console.note(`  ${reason}`);
      setExitCode(1);
    }
    if (options.out === '-') return;
    if (console.json) {
      const { files, failed, kept } = all;
      await console.result(
        JSON.stringify({ files, failed, ...(options.resume && { kept }), ...about }),
      );
    } else if (all.files.length > 0) {
      await console.result(all.files.map(({ out }) => out).join('\n'));
    }
  });
}

/** At the end, of many failures so many are told once more; they are far up by then. */
const MOST_TOLD = 20;

/** @throws UsageError or UserError where there are none */
async function inputsOf(
  context: Context,
  typed: readonly string[],
  { list, inputFormat, out }: SynthOptions,
): Promise<readonly FoundFile[]> {
  if (typed.length === 0 && list === undefined) {
    throw new UsageError("missing required argument 'in'; name files, a folder, - or a --list");
  }
  const stdin = [...typed, list].filter((name) => name === '-');
  if (stdin.length > 1) throw new UsageError('-: stdin can be read once; name it once');
  const endings = inputFormat === 'f32' ? ['.f32'] : ['.npy'];
  const { files, leftOut } = await findFiles(
    context,
    typed,
    (name) => endings.includes(extname(name)) || (inputFormat === 'auto' && isRecording(name)),
    { except: pathOf(context, out), each: true },
  );
  tellLeftOut(context, leftOut);
  const all = [...files, ...(list === undefined ? [] : await readList(context, list))];
  if (all.length === 0) {
    const kinds =
      inputFormat === 'auto'
        ? `.npy files and no recordings (${RECORDING_KINDS})`
        : `${endings} files`;
    throw new UserError(`${typed.join(', ')}: has no ${kinds}; give others`);
  }
  return all;
}

function tellSpeed(
  { console }: Context,
  { files }: JobsReport,
  { took, shown, computes, refined, phases }: AboutSpeaker & { readonly took: number },
) {
  const seconds = files.reduce((sum, file) => sum + Number(file.seconds), 0);
  const speed = took > 0 ? seconds / took : undefined;
  if (files.length > 0) {
    console.note(
      `${counted(files.length, 'file')}, ${duration(seconds)} of speech in ${duration(took)}` +
        `${speed ? ` (${speed.toFixed(1)} × real time)` : ''} by ${shown} on ${computes}` +
        `${refined > 0 ? `, refined in ${counted(refined, 'round')}${fromPhases(phases)} (--refine 0: its generator alone)` : ''}`,
    );
  }
  return { checkpoint: shown, backend: computes, refined, phases, seconds, speed };
}
