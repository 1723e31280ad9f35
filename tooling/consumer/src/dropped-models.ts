import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OrderedDict, readSafetensors, writeTorch } from '@hifigan/checkpoint';
import { ROOT } from './workspace.js';

/** Files of a model as its users have them, by name. */
export type ModelFiles = Readonly<Record<string, Uint8Array>>;

/** The packaged voice as the reference's trainer would have saved it: trained, 128 channels. */
export function referenceCheckpoint(): ModelFiles {
  const bundle = join(ROOT, 'packages/voice/bundle');
  const { arrays } = readSafetensors(readFileSync(join(bundle, 'generator.safetensors')));
  const file = new Map([['generator', new OrderedDict(arrays)]]);
  return {
    'config.json': readFileSync(join(bundle, 'config.json')),
    'g_02500000.pth': writeTorch(file),
  };
}

/** A small SpeechT5HifiGan, as transformers saves it. */
export function transformersFolder(): ModelFiles {
  const { config, state } = foreign('transformers-speecht5');
  return { 'config.json': config, 'pytorch_model.bin': writeTorch(state) };
}

/** A small generator of NeMo's, in one archive. */
export function nemoArchive(): ModelFiles {
  const { config, state } = foreign('nemo');
  const folder = mkdtempSync(join(tmpdir(), 'nemo-'));
  try {
    writeFileSync(join(folder, 'model_config.yaml'), config);
    writeFileSync(join(folder, 'model_weights.ckpt'), writeTorch(state));
    execFileSync('tar', ['-czf', 'voice.nemo', './model_config.yaml', './model_weights.ckpt'], {
      cwd: folder,
    });
    return { 'voice.nemo': readFileSync(join(folder, 'voice.nemo')) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Configuration and weights of a golden of @hifigan/vocoder. */
function foreign(name: string) {
  const path = join(ROOT, `packages/vocoder/src/fixtures/foreign-${name}.safetensors`);
  const { arrays, metadata } = readSafetensors(readFileSync(path));
  const state = new OrderedDict(
    [...arrays]
      .filter(([key]) => key.startsWith('state/'))
      .map(([key, array]) => [key.slice('state/'.length), array] as const),
  );
  return { config: new TextEncoder().encode(metadata.config), state };
}
