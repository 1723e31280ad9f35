import { join, relative } from 'node:path';
import { melOptions, writeWav } from '@hifigan/audio';
import { probeFolder } from '@hifigan/train/node';
import { Vocoder } from '@hifigan/vocoder';
import { type Command, Option } from 'commander';
import { activateBackend } from '../backends/activate.js';
import { type Context, heedInterrupt, pathOf } from '../context.js';
import { drawSpectrograms } from '../demo/draw-spectrograms.js';
import { melError } from '../demo/mel-error.js';
import { sampleRecording } from '../demo/sample.js';
import { UsageError } from '../errors.js';
import { RecordingReader } from '../files/read-recording.js';
import { RecordingNotices } from '../files/recording-notices.js';
import { writeAtomic } from '../files/write-atomic.js';
import { analyzeRecording } from '../model/analyze-recording.js';
import { loadBundle } from '../model/load-bundle.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import { addBackendOptions } from '../options.js';
import { duration, table } from '../terminal/format.js';
import { createProgress } from '../terminal/progress.js';

interface Options {
  readonly out: string;
  readonly checkpoint?: string;
  readonly backend: string;
  readonly threads?: number;
}

/** `hifigan demo`, which `npm start` runs: a recording to its mel and back, heard and seen. */
export function registerDemo(program: Command, context: Context): void {
  const command = program
    .command('demo', { hidden: true })
    .description('recording → mel → speech: writes both and a picture of their spectrograms')
    .argument('[recording]', 'a recording; a sample of the repository where left out')
    .option('-o, --out <folder>', 'for demo-original.wav, demo-generated.wav and demo.png', 'out')
    .addOption(new Option('--checkpoint <path>', 'as for synth').env('HIFIGAN_CHECKPOINT'));
  addBackendOptions(command, context).action(
    async (typed: string | undefined, options: Options) => {
      const { console, now } = context;
      const input = typed === undefined ? await sampleRecording() : pathOf(context, typed);
      if (input === undefined)
        throw new UsageError('demo: there is no sample here; name a recording');
      const shown = typed ?? relative(context.cwd, input);
      const folder = pathOf(context, options.out);
      probeFolder(folder, options.out);
      const located = await locateCheckpoint(context, options.checkpoint);
      const backend = await activateBackend(context, options);
      const vocoder = await Vocoder.load(await loadBundle(context, located), {
        where: located.weights,
      });
      const { config, card } = vocoder;
      const samplingRate = config.sampling_rate;
      const recording = await new RecordingReader(context, samplingRate).read(input, shown);
      new RecordingNotices(context).tell(shown, recording);
      const mel = analyzeRecording(vocoder, recording.audio, shown);
      // The first run of each kind compiles: not part of the speed.
      await vocoder.synthesize({ data: mel.data.slice(0, mel.mels), frames: 1, mels: mel.mels });
      const progress = createProgress(context, 'speaking', mel.frames);
      const start = now();
      const generated = await vocoder
        .synthesize(mel, {
          chunkFrames: 128,
          onProgress: async (frames) => {
            await heedInterrupt(context);
            progress.update(frames);
          },
        })
        .finally(() => progress.end());
      const took = (now() - start) / 1000;
      const seconds = generated.length / samplingRate;
      const write = async (name: string, bytes: Uint8Array) => {
        await writeAtomic(join(folder, name), bytes);
        return join(options.out, name);
      };
      const wav = (audio: Float32Array) => writeWav({ samplingRate, channels: [audio] });
      const facts = {
        recording: shown,
        voice: card?.name ?? located.shown,
        backend: backend.name,
        original: await write('demo-original.wav', wav(recording.audio)),
        generated: await write('demo-generated.wav', wav(generated)),
        picture: await write(
          'demo.png',
          drawSpectrograms(
            [
              { title: 'original', mel },
              { title: 'generated', mel: vocoder.analyze(generated) },
            ],
            melOptions(config),
          ),
        ),
        seconds,
        speed: seconds / took,
        melError: melError(recording.audio, generated, config),
        // Hz; null is half the sampling rate, as in the configuration.
        melErrorTo: config.fmax_for_loss ?? samplingRate / 2,
      };
      vocoder.dispose();
      await console.result(
        console.json
          ? JSON.stringify(facts)
          : table([
              ['recording', `${facts.recording}, ${duration(seconds)}`],
              ['voice', `${facts.voice}${card?.description ? ` (${card.description})` : ''}`],
              ['speed', `${facts.speed.toFixed(1)} × real time on ${facts.backend}`],
              [
                'mel error',
                `${facts.melError.toFixed(3)} (mean difference of log-mels from ${config.fmin} to ${facts.melErrorTo} Hz)`,
              ],
              ['original', facts.original],
              ['generated', facts.generated],
              ['picture', facts.picture],
            ]),
      );
    },
  );
}
