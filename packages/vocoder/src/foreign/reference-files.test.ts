import { crc32 } from 'node:zlib';
import { OrderedDict, writeNpz, writeTorch } from '@hifigan/checkpoint';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Bundle, filesInMemory, readForeign } from '../index.js';
import { failure } from '../testing/foreign-models.js';
import { smallBundle } from '../testing/small-bundle.js';

let bundle: Bundle;

beforeAll(async () => {
  await tf.setBackend('cpu');
  bundle = await smallBundle();
});

const text = (config: object) => JSON.stringify(config);

describe('a configuration beside the reference’s weights', () => {
  const torch = () => writeTorch(new Map([['generator', new OrderedDict(bundle.weights)]]));
  const read = (config: object) =>
    readForeign(filesInMemory({ 'config.json': text(config), g_00000010: torch() }));

  it('stays as it is, what nothing reads too', async () => {
    const config = {
      ...{ num_workers: 7, num_freq: 999, batch_size: 33, seed: 5, of_a_fork: { a: [1] } },
      ...bundle.config,
      ...{ num_workers: 7, num_freq: 999, batch_size: 33, seed: 5 },
      dist_config: { dist_backend: 'gloo', dist_url: 'x', world_size: 9 },
    };
    const found = await read(config);
    expect(text(found.config)).toBe(text(config));
    expect(found.notices.join()).not.toMatch(/training/);
  });

  it('speaks where it is none to train by, and says so', async () => {
    const { config, notices } = await read({ ...bundle.config, segment_size: 1, num_workers: 7 });
    expect(config.segment_size).toBe(8192);
    expect(config.num_workers).toBe(7);
    expect(notices).toContain(
      'config.json: segment_size is not as training needs it (hifigan config check says why): what V1 has, rounded up to whole hops, is taken, which counts for training alone',
    );
    await expect(read({ ...bundle.config, hop_size: 9, seed: 'x' })).rejects.toThrow(/hop_size/);
  });
});

/** A stored `.npz` whose first array, of float32, says that it is of another type. */
function retyped(arrays: Parameters<typeof writeNpz>[0], type: string): Buffer {
  const bytes = Buffer.from(writeNpz(arrays));
  const start = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28);
  const first = bytes.subarray(start, start + bytes.readUInt32LE(18));
  const before = crc32(first);
  first.write(`'${type}'`, first.indexOf("'<f4'"));
  const sum = (value: number) => Buffer.from(Uint32Array.of(value).buffer);
  // In the header of the file, and in the directory.
  for (const from of [0, start + first.length]) {
    bytes.set(sum(crc32(first)), bytes.indexOf(sum(before), from));
  }
  return bytes;
}

describe('weights in .npz', () => {
  const files = (arrays: Parameters<typeof writeNpz>[0], options = {}, name = 'g_00000010.npz') =>
    filesInMemory({ 'config.json': text(bundle.config), [name]: writeNpz(arrays, options) });
  const prefixed = (prefix: string) =>
    new Map([...bundle.weights].map(([name, array]) => [prefix + name, array]));

  it.each([
    ['stored', '', {}],
    ['deflated', '', { compressed: true }],
    ['of a parallel training', 'module.', {}],
    ['of the whole training', 'generator.', {}],
  ])('are read by the names of a state dict: %s', async (_, prefix, options) => {
    const {
      state,
      types,
      layout,
      files: names,
    } = await readForeign(files(prefixed(prefix), options));
    expect(layout.name).toBe('reference');
    expect(names.weights).toBe('g_00000010.npz');
    expect(types).toEqual(['float32']);
    expect([...state.keys()].sort()).toEqual([...bundle.weights.keys()].sort());
    for (const [name, array] of state) expect(array, name).toEqual(bundle.weights.get(name));
  });

  it('may have numbers beside them, of which the steps are told', async () => {
    const arrays = new Map(bundle.weights);
    const number = (value: bigint) => ({ shape: [], data: BigInt64Array.of(value) });
    const { metadata } = await readForeign(
      files(new Map([...arrays, ['steps', number(70n)], ['epoch', number(3n)]])),
    );
    expect(metadata).toEqual({ steps: '70' });
  });

  it.each([
    ['<c8', 'save its real and imaginary parts instead, in Python: array.real, array.imag'],
    ['|V2', 'save it as float32 instead, in Python: array.astype(numpy.float32)'],
  ])('are refused where they are numbers that cannot be read: %s', async (type, cast) => {
    const [[name]] = bundle.weights;
    const found = { 'config.json': text(bundle.config), 'g.npz': retyped(bundle.weights, type) };
    expect((await failure(filesInMemory(found))).message).toBe(
      `g.npz: must hold numbers of types that can be read, because weights are made of them, but holds ${name} (${type}); float16, float32, float64, bool, int8 to int64 and uint8 to uint32 can be read; ${cast}`,
    );
  });

  it('may have a single number of a type that is not read beside them', async () => {
    const seed = { shape: [], data: Float32Array.of(1) };
    const weights = retyped(new Map([['seed', seed], ...bundle.weights]), '<u8');
    const { notices } = await readForeign(
      filesInMemory({ 'config.json': text(bundle.config), 'g.npz': weights }),
    );
    expect(notices).toContain('g.npz: seed (<u8) in it are no weights and were passed over');
  });

  it.each(['<U1', '|S1', '|O1'])('may have what is no number beside them: %s', async (type) => {
    const who = { shape: [1], data: Float32Array.of(1) };
    const weights = retyped(new Map([['who', who], ...bundle.weights]), type);
    const { notices } = await readForeign(
      filesInMemory({ 'config.json': text(bundle.config), 'g.npz': weights }),
    );
    expect(notices).toContain(`g.npz: who (${type}) in it are no weights and were passed over`);
  });

  it('are refused where they are not those of the network, or have no names', async () => {
    const [first, ...others] = bundle.weights;
    expect((await failure(files(new Map(others)))).message).toContain(first[0]);
    const nameless = [...bundle.weights.values()].map((array, i) => [`arr_${i}`, array] as const);
    expect((await failure(files(new Map(nameless)))).message).toMatch(
      /^g_00000010\.npz: must hold arrays by the names of a state dict, .*numpy\.savez\(path, \*\*\{k: v\.numpy\(\)/,
    );
    const mel = { shape: [80, 30], data: new Float32Array(2400) };
    const pitch = { shape: [30], data: new Float32Array(30) };
    const none =
      "g_00000010.npz: must hold a generator's weights by the names of a state dict (conv_pre.weight, …), but holds none, only ";
    expect((await failure(files(new Map([['S', mel]])))).message).toBe(
      `${none}S [80, 30]; name the file of the weights. A mel, which one of these may be, is no weights: it is what they speak from`,
    );
    expect((await failure(files(new Map([['f0', pitch]])))).message).toBe(
      `${none}f0 [30]; name the file of the weights`,
    );
    const damaged = filesInMemory({
      'config.json': text(bundle.config),
      'g.npz': writeNpz(bundle.weights).subarray(0, 1000),
    });
    expect((await failure(damaged)).message).toMatch(
      /^g\.npz: .* it is cut off\. Copy or download/,
    );
  });
});
