import { extname } from 'node:path';
import { type Mel, type MelStatistics, writeWav } from '@hifigan/audio';
import { readNpy } from '@hifigan/checkpoint';
import { melDoubt, melFromArray, squareDoubt, type Vocoder } from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import { findFiles, isRecording, RECORDING_KINDS } from '../files/find-files.js';
import { CONFIG_ARGUMENT } from '../files/load-config.js';
import { planOutputs } from '../files/plan-outputs.js';
import { readInput } from '../files/read-input.js';
import { RecordingReader } from '../files/read-recording.js';
import { RecordingNotices } from '../files/recording-notices.js';
import { refuseForeignInput } from '../files/refuse-foreign.js';
import { tellLeftOut } from '../files/tell-left-out.js';
import { foreignMel } from '../mel-doctor/foreign-mel.js';
import {
  addProfileOptions,
  type ProfileOptions,
  readStatistics,
} from '../mel-doctor/profile-options.js';
import { analyzeRecording } from '../model/analyze-recording.js';
import { openVocoder } from '../model/open-vocoder.js';
import { addBackendOptions, addForceOption, oneOf, wholeNumber } from '../options.js';
import { runJobs } from '../run-jobs.js';
import { counted, duration } from '../terminal/format.js';

interface Options extends ProfileOptions {
  readonly out: string;
  readonly checkpoint?: string;
  readonly config?: string;
  readonly backend: string;
  readonly threads?: number;
  readonly format: 'pcm16' | 'float32';
  readonly chunkFrames?: number;
  readonly force?: boolean;
}

// Between pieces Ctrl-C is heard and progress told: seconds apart even where computing is slow.
const CHUNK_FRAMES = 256;

/** `hifigan synth IN… -o OUT`. */
export function registerSynth(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const command = program
    .command('synth')
    .description('mels (.npy), or recordings (analysis, then synthesis) → speech as WAV')
    .argument(
      '<in...>',
      '.npy files, recordings (WAV, FLAC, MP3, Ogg), or folders of them; - is stdin',
    )
    .requiredOption('-o, --out <path>', 'file.wav for one input, else a folder; - is stdout')
    .addOption(
      new Option(
        '--checkpoint <path>',
        'bundle folder, training run (its latest, averaged weights first; RUN:best is the best in validation), or .safetensors with config.json beside it, or what export wrote (.onnx, or the folder of a SavedModel); without it the packaged voice',
      ).env('HIFIGAN_CHECKPOINT'),
    )
    .option(
      '-c, --config <config>',
      `${CONFIG_ARGUMENT}; instead of the config.json beside the checkpoint`,
    )
    .addOption(
      new Option('--format <format>', 'of the samples: pcm16 or float32')
        .default('pcm16')
        .env('HIFIGAN_FORMAT')
        .argParser(oneOf('pcm16', 'float32')),
    )
    .option(
      '--chunk-frames <count>',
      'mel frames computed at once: less memory, a little slower',
      wholeNumber(1),
    );
  addForceOption(addBackendOptions(addProfileOptions(command), context)).action(
    async (typed: string[], options: Options) => {
      const { console, now } = context;
      const { out } = options;
      const { files, leftOut } = await findFiles(
        context,
        typed,
        (name) => extname(name) === '.npy' || isRecording(name),
      );
      tellLeftOut(context, leftOut);
      if (files.length === 0)
        throw new UserError(
          `${typed.join(', ')}: has no .npy files and no recordings (${RECORDING_KINDS}); give others`,
        );
      const jobs = await planOutputs(context, files, {
        out,
        extension: '.wav',
        force: options.force === true,
      });
      const { vocoder, shown: checkpoint, computes } = await openVocoder(context, options);
      const { sampling_rate: samplingRate } = vocoder.config;
      const reader = new RecordingReader(context, samplingRate);
      const notices = new RecordingNotices(context);
      const statistics = await readStatistics(context, options.melStatistics);
      let seconds = 0;
      let took = 0;
      try {
        const report = await runJobs(context, 'synth', jobs, async ({ file }, advance) => {
          const bytes = await readInput(context, file.path, file.shown);
          const mel = isNpy(bytes, file.path)
            ? storedMel(context, bytes, vocoder, {
                shown: file.shown,
                name: options.melProfile,
                statistics,
              })
            : await recordedMel(checkedInput(bytes, file.shown), vocoder, file.shown, {
                reader,
                notices,
              });
          const start = now();
          const audio = await vocoder.synthesize(mel, {
            chunkFrames: options.chunkFrames ?? CHUNK_FRAMES,
            onProgress: (frames) => advance(frames / mel.frames),
          });
          took += (now() - start) / 1000;
          seconds += audio.length / samplingRate;
          return {
            bytes: writeWav({ samplingRate, channels: [audio] }, options.format),
            facts: { frames: mel.frames, seconds: audio.length / samplingRate },
          };
        });
        notices.end();
        const speed = took > 0 ? seconds / took : undefined;
        console.note(
          `${counted(report.files.length, 'file')}, ${duration(seconds)} of speech in ${duration(took)}` +
            `${speed ? ` (${speed.toFixed(1)} × real time)` : ''} by ${checkpoint} on ${computes}`,
        );
        if (report.failed.length > 0) {
          console.note(`${counted(report.failed.length, 'file')} failed`);
          setExitCode(1);
        }
        if (out === '-') return;
        await console.result(
          console.json
            ? JSON.stringify({
                ...report,
                checkpoint,
                backend: computes,
                seconds,
                speed,
              })
            : report.files.map((file) => file.out).join('\n'),
        );
      } finally {
        vocoder.dispose();
      }
    },
  );
}

/** By the first bytes where they tell, so that pipes and odd names work; else by the name. */
function isNpy(bytes: Uint8Array, path: string): boolean {
  if (bytes[0] === 0x93 && bytes[1] === 0x4e) return true;
  return extname(path).toLowerCase() === '.npy';
}

function checkedInput(bytes: Uint8Array, shown: string): Uint8Array {
  const wanted = `a mel (.npy) or a recording (${RECORDING_KINDS})`;
  refuseForeignInput(bytes, shown, { wanted, kinds: ['npy', 'wav'] });
  return bytes;
}

function storedMel(
  context: Context,
  bytes: Uint8Array,
  vocoder: Vocoder,
  {
    shown,
    name,
    statistics,
  }: { shown: string; name: string | undefined; statistics: MelStatistics | undefined },
): Mel {
  const array = readNpy(bytes, shown);
  const { profile: wanted } = vocoder;
  if (name !== undefined) {
    const tell = (message: string) => context.console.note(message);
    return foreignMel(array, { wanted, name, statistics, shown, tell });
  }
  const mel = melFromArray(array, vocoder.config.num_mels, shown);
  const doubt = melDoubt(mel, wanted) ?? squareDoubt(mel);
  if (doubt) context.console.warn(`${shown}: ${doubt}`);
  return mel;
}

async function recordedMel(
  bytes: Uint8Array,
  vocoder: Vocoder,
  shown: string,
  { reader, notices }: { readonly reader: RecordingReader; readonly notices: RecordingNotices },
): Promise<Mel> {
  const recording = await reader.decode(bytes, shown);
  notices.tell(shown, recording);
  return analyzeRecording(vocoder, recording.audio, shown);
}
