import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { activateTensorflow, missingTensorflow } from '@hifigan/backend-tensorflow/node';
import { writeNpy } from '@hifigan/checkpoint';
import { main } from '@hifigan/cli';
import { expectClose, requireNative, uniform } from '@hifigan/testkit';
import { type Bundle, melToArray, readBundle, tfjsEngine, Vocoder } from '@hifigan/vocoder';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { graphEngine, savedModelEngine } from './graph-engine.js';
import { tensorflowBackend } from './tensorflow-backend.js';

const native = requireNative('the native TensorFlow addon', missingTensorflow);

const voiceFolder = join(
  dirname(createRequire(import.meta.url).resolve('@hifigan/voice/package.json')),
  'bundle',
);

describe.skipIf(!native.available)('the generator as one graph', () => {
  let bundle: Bundle;
  beforeAll(async () => {
    await activateTensorflow({ from: import.meta.url });
    bundle = readBundle({
      config: await readFile(join(voiceFolder, 'config.json'), 'utf8'),
      generator: await readFile(join(voiceFolder, 'generator.safetensors')),
    });
  });

  const melOf = (frames: number) => ({
    ...{ frames, mels: 80 },
    data: uniform(frames * 80, 3).map((value) => 4 * value - 5),
  });

  it('says what the operations one by one say, whole and in pieces, and keeps no tensor', async () => {
    const held = tf.memory().numTensors;
    const warnings: string[] = [];
    const one = await Vocoder.load(bundle, { engine: graphEngine((text) => warnings.push(text)) });
    expect(one.engine).toBe('TensorFlow, as one graph');
    const eager = await Vocoder.load(bundle, { engine: tfjsEngine });
    for (const frames of [1, 40, 7]) {
      const expected = await eager.synthesize(melOf(frames));
      const between = tf.memory().numTensors;
      expectClose(await one.synthesize(melOf(frames)), expected, { max: 1e-4 }, `${frames} frames`);
      const pieces = await one.synthesize(melOf(frames), { chunkFrames: 13 });
      expectClose(pieces, expected, { max: 1e-4 }, `${frames} frames in pieces`);
      expect(tf.memory().numTensors).toBe(between);
    }
    one.dispose();
    eager.dispose();
    expect(tf.memory().numTensors).toBe(held);
    expect(warnings).toEqual([]);
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('hifigan-graph-'))).toEqual(
      [],
    );
  });

  it('goes on operation by operation where there is no room for the graph, and says so', async () => {
    vi.stubEnv('TMPDIR', '/nowhere');
    const warnings: string[] = [];
    const engine = await graphEngine((text) => warnings.push(text))(bundle, 'voice');
    vi.unstubAllEnvs();
    expect(engine.description).toBe('tfjs (tensorflow)');
    expect(warnings).toEqual([expect.stringMatching(/cannot be loaded \(ENOENT.*operation by/)]);
    engine.dispose();
  });

  it('what is no SavedModel is refused', async () => {
    await expect(savedModelEngine('/nowhere', bundle.config)).rejects.toThrow(/saved_model\.pb/);
  });

  it('synth speaks by the graph, and by a SavedModel that export wrote', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hifigan-gpu-'));
    const silent = { write: (_: string, done?: () => void) => void done?.() };
    let said = '';
    const host = {
      backends: [tensorflowBackend],
      cwd: folder,
      env: {},
      stdout: silent,
      stderr: {
        write: (text: string) => {
          said += text;
        },
      },
    };
    try {
      await writeFile(join(folder, 'a.npy'), writeNpy(melToArray(melOf(20))));
      const synth = (out: string, ...argv: string[]) =>
        main(['synth', 'a.npy', '-o', out, '--format', 'float32', ...argv], host);
      expect(await synth('graph.wav'), said).toBe(0);
      expect(await main(['export', '-o', 'model'], host), said).toBe(0);
      expect(await synth('exported.wav', '--checkpoint', 'model'), said).toBe(0);
      expect(said).toContain('by model on tensorflow, as a SavedModel');
      const [a, b] = await Promise.all(
        ['graph.wav', 'exported.wav'].map((name) => readFile(join(folder, name))),
      );
      expect(a.equals(b)).toBe(true);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
