import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { floatToHalf, readNpy, writeNpy } from '@hifigan/checkpoint';
import { judgesPython, requireJudges } from '@hifigan/testkit';
import { describe, expect, it } from 'vitest';
import { generatorGraph, OPSETS, writeOnnx, writeSavedModel } from './index.js';
import { EQUAL, expectAudio, ROUNDED } from './testing/closeness.js';
import { halved } from './testing/halves.js';
import {
  CONFIGS,
  channelsFirst,
  hashedModel,
  type Model,
  melBatch,
  normalisingModel,
  ODD,
  ourAudio,
  voice,
} from './testing/models.js';

/** Runs Python in a folder of its own, with whatever was written there. */
function ask(folder: string, script: string): string {
  return execFileSync(judgesPython(), ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3', CUDA_VISIBLE_DEVICES: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'hifigan-export-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Each folder's model on each `mel-N.npy` in it, to `audio-N.npy`; tells what the signature is. */
const IN_TENSORFLOW = `
import glob, numpy as np, tensorflow as tf
for folder in sorted(glob.glob('*/')):
    run = tf.saved_model.load(folder).signatures['serving_default']
    (_, inputs), outputs = run.structured_input_signature, run.structured_outputs
    print(inputs['mel'].shape, outputs['audio'].shape)
    for path in sorted(glob.glob(folder + 'mel-*.npy')):
        audio = run(mel=tf.constant(np.load(path)))['audio'].numpy()
        np.save(path.replace('mel-', 'audio-'), audio)
`;

const IN_ONNX = `
import glob, onnx
for path in sorted(glob.glob('*.onnx')):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    shapes = [[d.dim_param or d.dim_value for d in v.type.tensor_type.shape.dim] for v in [*model.graph.input, *model.graph.output]]
    print(model.ir_version, model.opset_import[0].version, shapes, {p.key: p.value for p in model.metadata_props}['model_type'])
    names = [node.name for node in model.graph.node]
    assert 'conv_pre' in names and 'ups.0' in names and any(name.startswith('resblocks.0.') for name in names), names
`;

/**
 * Each vocoder in sherpa-onnx's text to speech. An acoustic model cannot be had, so that one is made which says
 * `mel.npy` whatever it is told; to sherpa-onnx it is a Matcha of icefall's, with a lexicon of one word.
 */
const IN_SHERPA = `
import glob, numpy as np, onnx, sherpa_onnx
from onnx import TensorProto as T, helper, numpy_helper
mel = np.load('mel.npy')[None]
inputs = [('x', T.INT64, [1, 'tokens']), ('x_length', T.INT64, [1]), ('noise_scale', T.FLOAT, [1]), ('length_scale', T.FLOAT, [1])]
graph = helper.make_graph(
    [helper.make_node('Identity', ['fixed'], ['mel'])], 'acoustic', [helper.make_tensor_value_info(*i) for i in inputs],
    [helper.make_tensor_value_info('mel', T.FLOAT, mel.shape)], [numpy_helper.from_array(mel, 'fixed')])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 17)], ir_version=8)
known = dict(model_type='matcha-tts', sample_rate=22050, n_speakers=1, jieba=1, use_eos_bos=0, pad_id=0, voice='zh')
for key, value in known.items():
    model.metadata_props.add(key=key, value=str(value))
open('acoustic', 'wb').write(model.SerializeToString())
open('tokens.txt', 'w').write('_ 0\\na1 1\\n')
open('lexicon.txt', 'w').write('a a1\\n')
for path in sorted(glob.glob('*.onnx')):
    matcha = sherpa_onnx.OfflineTtsMatchaModelConfig(
        acoustic_model='acoustic', vocoder=path, lexicon='lexicon.txt', tokens='tokens.txt')
    config = sherpa_onnx.OfflineTtsConfig(model=sherpa_onnx.OfflineTtsModelConfig(matcha=matcha, num_threads=1))
    assert config.validate()
    wanted = sherpa_onnx.GenerationConfig()
    wanted.silence_scale = 1
    audio = sherpa_onnx.OfflineTts(config).generate('a', wanted)
    np.save(path + '.npy', np.asarray(audio.samples, np.float32))
print(sherpa_onnx.__version__)
`;

describe.skipIf(!requireJudges().available)('judged by their own libraries', () => {
  it('ONNX: the checker, with shapes inferred, finds nothing', () =>
    inFolder(async (folder) => {
      const { config, weights } = await hashedModel('odd upsampling');
      const graph = generatorGraph(config, weights);
      const write = (name: string, options: Parameters<typeof writeOnnx>[1]) =>
        writeFileSync(join(folder, name), writeOnnx(graph, options));
      write('1.onnx', {});
      write('2.onnx', { opset: OPSETS.last });
      write('3.onnx', { toHalf: floatToHalf, metadata: { dataset: 'none' } });
      const line = (opset: number) =>
        `8 ${opset} [['batch', 4, 'frames'], ['batch', 'samples']] hifigan`;
      expect(ask(folder, IN_ONNX).trim().split('\n')).toEqual([17, 23, 17].map(line));
    }));

  it('ONNX: sherpa-onnx takes it as the vocoder of its text to speech, and speaks with it', () =>
    inFolder(async (folder) => {
      const frames = 12;
      const { num_mels: mels } = CONFIGS.v1;
      const mel = melBatch(CONFIGS.v1, 1, frames);
      const turned = writeNpy({ shape: [mels, frames], data: channelsFirst(mel) });
      writeFileSync(join(folder, 'mel.npy'), turned);
      const models = new Map<string, Model>([['voice', await voice()]]);
      for (const name of ['v1', 'v2', 'v3']) models.set(name, await hashedModel(name));
      for (const [name, { config, weights }] of models) {
        const onnx = writeOnnx(generatorGraph(config, weights));
        writeFileSync(join(folder, `${name}.onnx`), onnx);
      }
      const version = ask(folder, IN_SHERPA).trim();
      for (const [name, model] of models) {
        const { data } = readNpy(readFileSync(join(folder, `${name}.onnx.npy`)));
        const reference = await ourAudio(model, [mel]);
        expectAudio([data as Float32Array], reference, EQUAL, `sherpa-onnx ${version}, ${name}`);
      }
    }));

  it('SavedModel: TensorFlow says what our own generator says, and tells its signature', () =>
    inFolder(async (folder) => {
      const names = [...ODD, 'v2', 'v3', 'v1'];
      const cases: { folder: string; model: Model; half?: boolean }[] = [];
      for (const name of names) cases.push({ folder: name, model: await hashedModel(name) });
      cases.push({ folder: 'v2 half', model: await hashedModel('v2'), half: true });
      const normalising = await normalisingModel('odd upsampling');
      cases.push({ folder: 'normalising', model: normalising });
      const melsOf = ({ config }: Model) =>
        (
          [
            [1, 1],
            [3, 4],
            [1, 9],
          ] as const
        ).map((shape) => melBatch(config, shape[0], shape[1]));
      for (const { folder: name, model, half } of cases) {
        const { statistics } = model;
        const graph = generatorGraph(model.config, model.weights, { statistics });
        mkdirSync(join(folder, name));
        const bytes = writeSavedModel(graph, half ? { toHalf: floatToHalf } : {});
        writeFileSync(join(folder, name, 'saved_model.pb'), bytes);
        for (const [i, { batch, frames, mels, data }] of melsOf(model).entries()) {
          const mel = writeNpy({ shape: [batch, frames, mels], data });
          writeFileSync(join(folder, name, `mel-${i}.npy`), mel);
        }
      }
      const told = ask(folder, IN_TENSORFLOW).trim().split('\n');
      const bands = [...cases].sort((a, b) => (a.folder < b.folder ? -1 : 1));
      expect(told).toEqual(
        bands.map(({ model }) => `(None, None, ${model.config.num_mels}) (None, None)`),
      );
      for (const { folder: name, model, half } of cases) {
        const mels = melsOf(model);
        const audio = mels.map((_, i) => {
          const { data } = readNpy(readFileSync(join(folder, name, `audio-${i}.npy`)));
          return data as Float32Array;
        });
        const reference = await ourAudio(model, mels);
        if (!half) expectAudio(audio, reference, EQUAL, `TensorFlow, ${name}`);
        else {
          const graph = generatorGraph(model.config, model.weights);
          const rounded = await ourAudio({ ...model, weights: halved(graph) }, mels);
          expectAudio(audio, rounded, EQUAL, 'TensorFlow, rounded weights');
          expectAudio(audio, reference, ROUNDED, 'TensorFlow, weights as they were');
        }
      }
    }));
});
