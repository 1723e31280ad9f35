import { readFileSync } from 'node:fs';
import { type TorchValue, writeTorch } from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { readWeights } from './read-weights.js';

const array = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
const dict = (entries: Record<string, TorchValue>) =>
  new Map<string | number, TorchValue>(Object.entries(entries));
const state = (value: number) => dict({ 'conv_pre.weight': array(value) });
const read = (root: TorchValue) => readWeights(writeTorch(root), 'a/g_1', 'generator');

describe('readWeights', () => {
  it('says which of two generators it took, and what takes the other', () => {
    const { arrays, notices } = read(dict({ generator_ema: state(2), generator: state(1) }));
    expect(arrays.get('conv_pre.weight')?.data[0]).toBe(1);
    expect(notices).toEqual([
      'a/g_1: generator was taken, and generator_ema beside it was not; to begin with that instead, save it alone, in Python: torch.save({"generator": torch.load("a/g_1", map_location="cpu")["generator_ema"]}, "generator.pth")',
    ]);
    expect(read(dict({ generator: state(1), epoch: 3 })).notices).toEqual([]);
  });

  it('names objects that it passed over, five of their classes, and what PyTorch would do', () => {
    const passed = (names: string) =>
      `a/g_1: it holds objects made by ${names}, which are no data of checkpoints: they were passed over and nothing of them was run; PyTorch would run it, unless it loads with weights_only=True`;
    // What an object of another class is read as.
    const objects = (count: number) =>
      Array.from({ length: count }, (_, i) => dict({ __class__: `a.C${i}` }));
    const told = (root: TorchValue) => {
      const { arrays, notices } = read(root);
      expect([...arrays.keys()]).toEqual(['conv_pre.weight']);
      return notices;
    };
    expect(told(dict({ generator: state(1), cfg: objects(5) }))).toEqual([
      passed('a.C0, a.C1, a.C2, a.C3, a.C4'),
    ]);
    expect(told(dict({ generator: state(1), cfg: objects(7) }))).toEqual([
      passed('a.C0, a.C1, a.C2, a.C3, a.C4, and 2 more'),
    ]);
    const discriminators = dict({ mpd: state(1), msd: state(2), cfg: objects(1) });
    expect(readWeights(writeTorch(discriminators), 'a/g_1', 'discriminators').notices).toEqual([
      passed('a.C0'),
    ]);
  });

  it('writes no key into its line of Python that a terminal would obey or no line has room for', () => {
    const line = (key: string) => read(dict({ [key]: state(2), generator: state(1) })).notices[0];
    expect(line('ema\x9b2J')).toContain('map_location="cpu")["ema\\u009b2J"]}');
    expect(line(`ema${'x'.repeat(500)}`)).toContain('map_location="cpu")[…]}');
  });

  it('refuses objects in the place of a state dict', () => {
    const lightning = readFileSync(
      new URL('../../../vocoder/src/fixtures/torch-lightning.pth', import.meta.url),
    );
    expect(() => readWeights(lightning, 'l.ckpt', 'generator')).toThrow(/must be a state dict/);
    const module = readFileSync(
      new URL('../../../vocoder/src/fixtures/torch-module.pth', import.meta.url),
    );
    expect(() => readWeights(module, 'm.pth', 'generator')).toThrow(/m\.pth: must be a state dict/);
  });

  it('says what to do about lists, nothing and gzip', () => {
    expect(() => read([array(1), state(2)])).toThrow(
      /^a\/g_1: must be a state dict .*, but is a list; save the generator of it alone, .*\[1\]\}/,
    );
    expect(() => readWeights(new Uint8Array(0), 'a.pth', 'generator')).toThrow(
      /a\.pth: .*it is empty\. Copy or download it again/,
    );
    expect(() => readWeights(Uint8Array.of(0x1f, 0x8b, 8, 0), 'a.pth', 'generator')).toThrow(
      /a\.pth: is packed with gzip \(unpack it first: gunzip\)/,
    );
  });
});
