import { createProfileAnalysis, type MelProfile, profileOfConfig } from '@hifigan/audio';
import { writeNpy } from '@hifigan/checkpoint';
import { melToArray, profileOf } from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UsageError, UserError } from '../errors.js';
import { findFiles, isRecording, RECORDING_KINDS } from '../files/find-files.js';
import { CONFIG_ARGUMENT, loadConfig } from '../files/load-config.js';
import { planOutputs } from '../files/plan-outputs.js';
import { RecordingReader } from '../files/read-recording.js';
import { RecordingNotices } from '../files/recording-notices.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import { writeResult } from '../files/write-result.js';
import { checkMels } from '../mel-doctor/check-mels.js';
import {
  addProfileOption,
  conventionOf,
  profileLines,
  profilesOption,
  profileText,
} from '../mel-doctor/profile-options.js';
import { analyzeRecording } from '../model/analyze-recording.js';
import { loadBundle } from '../model/load-bundle.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import { addForceOption } from '../options.js';
import { runJobs, type Work } from '../run-jobs.js';
import { counted, duration } from '../terminal/format.js';

interface Options {
  readonly out?: string;
  readonly config: string;
  readonly checkpoint?: string;
  readonly melProfile?: string;
  readonly check?: boolean;
  readonly melProfiles?: string | true;
  readonly force?: boolean;
}

/** `hifigan mel IN… -o OUT`. */
export function registerMel(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const command = addProfileOption(
    program
      .command('mel')
      .description('recordings → log-mel spectrograms as .npy, float32 [num_mels, frames]')
      .argument(
        '[in...]',
        'recordings (WAV, FLAC, MP3, Ogg) or folders of them; - is stdin; with --check, mels (.npy)',
      )
      .option('-o, --out <path>', 'file.npy for one recording, else a folder; - is stdout')
      .addOption(
        new Option('-c, --config <config>', CONFIG_ARGUMENT).default('v1').env('HIFIGAN_CONFIG'),
      ),
  );
  addForceOption(
    command
      .addOption(
        new Option(
          '--checkpoint <path>',
          'make (or check) the mels that this model takes, of whatever program; as for synth',
        ).conflicts('melProfile'),
      )
      .option(
        '--check',
        'tell what stored mels (.npy) are, and whether they suit the configuration',
      )
      .addOption(profilesOption()),
  ).action(async (typed: string[], options: Options) => {
    const { force } = options;
    const { console, now } = context;
    const { melProfiles } = options;
    if (melProfiles !== undefined) {
      await console.result(
        melProfiles === true ? profileLines().join('\n') : profileText(melProfiles),
      );
      return;
    }
    if (typed.length === 0) throw new UsageError("missing required argument 'in'");
    const profile = await wantedProfile(context, options);
    if (options.check) {
      if (!(await checkMels(context, typed, profile))) setExitCode(1);
      return;
    }
    const { out } = options;
    if (out === undefined) throw new UsageError("required option '-o, --out <path>' not specified");
    const { files, leftOut } = await findFiles(context, typed, isRecording, {
      except: pathOf(context, out),
      each: true,
    });
    tellLeftOut(context, leftOut);
    if (files.length === 0)
      throw new UserError(`${typed.join(', ')}: has no ${RECORDING_KINDS} files; give others`);
    const jobs = await planOutputs(context, files, {
      out,
      extension: '.npy',
      force: force === true,
    });
    const analysis = createProfileAnalysis(profile);
    const reader = new RecordingReader(context, profile.samplingRate);
    const notices = new RecordingNotices(context);
    let seconds = 0;
    const start = now();
    const work: Work = async (job) => {
      const { file } = job;
      const recording = await reader.read(file.path, file.shown);
      notices.tell(file.shown, recording);
      const { audio } = recording;
      const mel = analyzeRecording(analysis, audio, file.shown);
      const length = audio.length / profile.samplingRate;
      seconds += length;
      await writeResult(context, job, writeNpy(melToArray(mel)));
      return { frames: mel.frames, mels: mel.mels, seconds: length };
    };
    const report = await runJobs(context, {
      label: 'mel',
      jobs,
      lanes: [work],
      alone: jobs.length === 1,
    });
    notices.end();
    const took = (now() - start) / 1000;
    if (report.files.length > 1) {
      console.note(
        `${counted(report.files.length, 'mel')} of ${duration(seconds)} of audio in ${duration(took)}`,
      );
    }
    if (report.failed.length > 0) {
      console.note(`${counted(report.failed.length, 'recording')} failed`);
      setExitCode(1);
    }
    if (console.json && out !== '-') await console.result(JSON.stringify(report));
    else if (out !== '-') await console.result(report.files.map((file) => file.out).join('\n'));
  });
}

/** The convention that is named, else that of a model, else that of the configuration. */
async function wantedProfile(
  context: Context,
  { melProfile, checkpoint, config }: Options,
): Promise<MelProfile> {
  if (melProfile !== undefined) return (await conventionOf(context, melProfile)).profile;
  if (checkpoint === undefined) return profileOfConfig(await loadConfig(context, config));
  return profileOf(await loadBundle(context, await locateCheckpoint(context, checkpoint)));
}
