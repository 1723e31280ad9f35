import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readNpy } from '@hifigan/checkpoint';
import { expectClose, judgesPython, requireNative } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesInMemory, readForeign, Vocoder } from '../index.js';

/** Two models of transformers with a mel and its sound each; one in safetensors, one as PyTorch pickles it. */
const IN_TRANSFORMERS = `
import os, numpy as np, torch
from hifigan_reference.torchaudio_import import torchaudio  # transformers imports it, too
import transformers
for name, before in (('normed', True), ('raw', False)):
    torch.manual_seed(len(name))
    config = transformers.SpeechT5HifiGanConfig(
        model_in_dim=6, sampling_rate=16000, upsample_initial_channel=16, upsample_rates=[4, 2],
        upsample_kernel_sizes=[8, 4], resblock_kernel_sizes=[3, 5],
        resblock_dilation_sizes=[[1, 3, 5], [1, 2, 3]], normalize_before=before, initializer_range=0.3)
    model = transformers.SpeechT5HifiGan(config).eval()
    with torch.no_grad():
        model.mean.copy_(torch.linspace(-3, -1, 6))
        model.scale.copy_(torch.linspace(0.5, 2, 6))
        mel = torch.randn(11, 6) - 2
        audio = model(mel)
    for kind in ('safetensors', 'bin'):
        folder = name + '-' + kind
        model.save_pretrained(folder)
        if kind == 'bin':
            os.remove(os.path.join(folder, 'model.safetensors'))
            torch.save(model.state_dict(), os.path.join(folder, 'pytorch_model.bin'))
        np.save(os.path.join(folder, 'mel.npy'), mel.numpy())
        np.save(os.path.join(folder, 'audio.npy'), audio.numpy())
`;

const transformers = requireNative('transformers in the Python environment of the judges', () => {
  const python = judgesPython();
  if (!existsSync(python)) return `there is no ${python}; CI=true npm test makes it`;
  const find =
    'import importlib.util, sys; sys.exit(importlib.util.find_spec("transformers") is None)';
  try {
    execFileSync(python, ['-c', find], { stdio: 'ignore' });
    return undefined;
  } catch {
    return `${python} has no transformers; CI=true npm test installs it`;
  }
});

describe.skipIf(!transformers.available)('models that transformers saves here', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hifigan-transformers-'));

  beforeAll(async () => {
    const reference = new URL('../../../../tooling/reference-python/', import.meta.url);
    execFileSync(judgesPython(), ['-c', IN_TRANSFORMERS], {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: fileURLToPath(reference) },
      stdio: 'pipe',
    });
    await tf.setBackend('cpu');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(['normed-safetensors', 'normed-bin', 'raw-safetensors', 'raw-bin'])(
    '%s sounds as there',
    async (name) => {
      const files = readdirSync(join(folder, name));
      const read = (file: string) => new Uint8Array(readFileSync(join(folder, name, file)));
      const model = Object.fromEntries(
        files.filter((file) => !file.endsWith('.npy')).map((file) => [file, read(file)]),
      );
      const weights = name.endsWith('bin') ? 'pytorch_model.bin' : 'model.safetensors';
      expect(Object.keys(model)).toContain(weights);
      const { config, state, statistics, profile, notices, ...rest } = await readForeign(
        filesInMemory(model),
      );
      expect(rest.files.weights).toBe(weights);
      expect(statistics === undefined).toBe(name.startsWith('raw'));
      const vocoder = await Vocoder.load({ config, weights: state, statistics, profile, notices });
      const { shape, data } = readNpy(read('mel.npy'));
      const [frames, mels] = shape;
      const mel = { data: Float32Array.from<number | bigint>(data, Number), frames, mels };
      const audio = readNpy(read('audio.npy')).data as Float32Array;
      // Loud enough to tell.
      expect(audio.reduce((top, value) => Math.max(top, Math.abs(value)), 0)).toBeGreaterThan(0.05);
      expectClose(await vocoder.synthesize(mel), audio, { max: 1e-4 });
      vocoder.dispose();
    },
  );
});
