import { readFileSync } from 'node:fs';
import {
  OrderedDict,
  readTorch,
  type StoredArray,
  type TorchTree,
  writeTorch,
} from '@hifigan/checkpoint';
import { describe, expect, it } from 'vitest';
import { filesInMemory, readForeign, readRecognized, recognizeForeign } from '../index.js';
import { failure, foreignModel, stateOf } from '../testing/foreign-models.js';
import { ForeignError } from './foreign-error.js';
import { moduleIn } from './places-in-torch.js';
import { sources } from './sources.js';
import { stateInTorch } from './state-in-torch.js';

type Tree = TorchTree<StoredArray>;

const source = sources.find(({ layout }) => layout === 'reference')!;
const array = (value: number) => ({ shape: [1], data: Float32Array.of(value) });
const dict = (entries: Record<string, Tree>) => new Map<string, Tree>(Object.entries(entries));
const generator = (prefix = '') =>
  dict({ [`${prefix}conv_pre.weight_v`]: array(1), [`${prefix}conv_post.bias`]: array(2) });
const other = dict({ 'convs.0.weight_v': array(3) });
const fixture = (name: string): Tree =>
  readTorch(readFileSync(new URL(`../fixtures/${name}`, import.meta.url)), name, {
    unknown: 'placeholder',
  });
const find = (root: Tree) => stateInTorch(root, source, 'here/x.pth');
const refusal = (root: Tree) => {
  try {
    find(root);
  } catch (error) {
    return error as Error;
  }
  throw new Error('was found');
};

describe('stateInTorch', () => {
  it.each<[string, Tree, string | undefined]>([
    ['at the root', generator(), undefined],
    ['where the program keeps it', dict({ generator: generator(), mpd: other }), undefined],
    ['deeper', dict({ model: dict({ generator: generator(), d: other }) }), 'model → generator'],
    ['as state_dict', dict({ state_dict: generator(), epoch: 3 }), 'state_dict'],
    [
      'behind a prefix of its own, beside discriminators',
      dict({
        state_dict: new Map([...generator('net_g.'), ['net_d.convs.0.weight_v', array(3)]]),
      }),
      'state_dict → net_g.…',
    ],
    [
      'beside a loss, as tutorials save it',
      dict({ epoch: 3, loss: array(0.3), state_dict: generator() }),
      'state_dict',
    ],
    [
      'behind a prefix at the root',
      new Map([...generator('net_g.'), ['net_d.convs.0.weight_v', array(3)]]),
      'net_g.…',
    ],
    [
      'below where the program keeps it, beside an array',
      dict({ generator: dict({ scale: array(4), net: generator() }) }),
      'generator → net',
    ],
    ['in a list', [other, generator()], '1'],
    [
      'in a list of a dictionary',
      dict({ nets: [dict({ g: generator() }), other] }),
      'nets → 0 → g',
    ],
    [
      'beside an object that keeps an average of it',
      dict({ net: generator(), ema: dict({ __class__: 'my.Average', shadow: generator() }) }),
      'net',
    ],
    [
      'at six levels and at one, by the nearer',
      (() => {
        const shared = dict({ net: generator() });
        let deep: Tree = shared;
        for (let level = 0; level < 5; level++) deep = dict({ [`a${level}`]: deep });
        return dict({ deep, near: shared });
      })(),
      'near → net',
    ],
  ])('finds the generator %s', (_, root, place) => {
    const { arrays, notices } = find(root);
    expect([...arrays.keys()]).toEqual(['conv_pre.weight_v', 'conv_post.bias']);
    expect(notices.slice(0, 1)).toEqual(place ? [`the generator was found as ${place} in it`] : []);
  });

  it('takes the one where the program keeps it, and says what takes an average of it', () => {
    const { arrays, notices } = find(
      dict({ loss: array(0.3), generator_ema: generator(), generator: generator() }),
    );
    expect([...arrays.keys()]).toEqual(['conv_pre.weight_v', 'conv_post.bias']);
    expect(notices).toEqual([
      'generator was taken, and generator_ema in it was not; to take that instead, save it alone, in Python: torch.save({"generator": torch.load("here/x.pth", map_location="cpu")["generator_ema"]}, "generator.pth")',
    ]);
    expect(refusal([generator(), dict({ g: generator() })]).message).toMatch(
      /holds 2 \(0, 1 → g\); .*torch\.load\("here\/x\.pth", map_location="cpu"\)\[0\]/,
    );
  });

  it('reads the whole from where it lies, and says where', async () => {
    const { model, files } = foreignModel('transformers-speecht5');
    const state = new OrderedDict(stateOf(model));
    const nested = filesInMemory({
      'config.json': await files.read('config.json'),
      'x.pth': writeTorch(new Map([['checkpoint', new Map([['vocoder', state]])]])),
    });
    const own = await readForeign(files);
    const read = await readForeign(nested);
    expect([...read.state.keys()]).toEqual([...own.state.keys()]);
    expect(read.notices).toContain('x.pth: the generator was found as checkpoint → vocoder in it');
    expect(read.types).toEqual(['float32']);
  });

  it('says how one of several is saved', () => {
    const two = dict({ model: generator(), ema: dict({ ...{ 'a"b': generator() } }) });
    const { message } = refusal(two);
    expect(message).toBe(
      'here/x.pth: must hold one generator, because nothing tells which is meant, but holds 2 (model, ema → a"b); save the one that is wanted alone, in Python: torch.save({"generator": torch.load("here/x.pth", map_location="cpu")["model"]}, "generator.pth")',
    );
    const prefixed = dict({ state_dict: new Map([...generator('g.'), ...generator('ema.')]) });
    expect(refusal(prefixed).message).toContain(
      '{k[2:]: v for k, v in torch.load("here/x.pth", map_location="cpu")["state_dict"].items() if k.startswith("g.")}',
    );
  });

  it('takes a state dict of a program’s own prefixes as it is', () => {
    const state = new Map([...generator('generator.'), ...generator('ema.')]);
    expect([...find(dict({ generator: state })).arrays.keys()]).toEqual([...state.keys()]);
    const wrapped = generator('module.generator.');
    expect(find(wrapped)).toEqual({ arrays: wrapped, notices: [] });
    const own = new Map([...generator(), ['__class__', 'my.StateDict'] as const]);
    expect([...find(dict({ ema: generator('e.'), generator: own })).arrays.keys()]).toEqual([
      ...generator().keys(),
    ]);
    const others = dict({ generator: dict({ 'first.weight': array(1) }), loss: array(2) });
    expect([...find(others).arrays.keys()]).toEqual(['first.weight']);
  });

  it('prints no name of a file as it is, nor at any length', () => {
    const odd = '\x1b[2J\x9b';
    const two = refusal(dict({ [odd]: generator(), ['k'.repeat(1e5)]: generator(`${odd}.`) }));
    expect(two.message).toContain('holds 2 ("\\u001b[2J\\u009b", k');
    expect(two.message).toContain('map_location="cpu")["\\u001b[2J\\u009b"]}');
    const object = dict({
      __class__: `${odd}.${'C'.repeat(1e5)}`,
      _modules: dict({ a: array(1) }),
    });
    const whole = refusal(dict({ [odd]: object }));
    const training = refusal(dict({ mpd: other, [odd]: 1 }));
    const { notices } = find(dict({ generator: generator(), hook: object, [odd]: 1 }));
    const all = [two.message, whole.message, training.message, ...notices];
    expect(all).toHaveLength(4);
    for (const text of all) {
      expect(text).not.toMatch(/\p{Cc}/u);
      expect(text).toContain('\\u001b[2J\\u009b');
      expect(text.length).toBeLessThan(1000);
    }
  });

  it('finds a whole model at one level that lies at six as well', () => {
    const module = dict({ __class__: 'models.Generator', _modules: dict({ a: array(1) }) });
    const shared = dict({ net: module });
    let deep: Tree = shared;
    for (let level = 0; level < 5; level++) deep = dict({ [`a${level}`]: deep });
    expect(refusal(dict({ deep, near: shared, loss: array(1) })).message).toContain(
      'weights_only=False)["near"]["net"].state_dict()',
    );
  });

  it('knows what PyTorch itself wrote: a whole model, and a checkpoint of Lightning’s with a loss in it', () => {
    const module = fixture('torch-module.pth');
    for (const [root, keys] of [
      [module, ''],
      [dict({ epoch: 3, loss: array(0.5), nets: new Map([[0, module]]) }), '["nets"][0]'],
    ] as const) {
      expect(refusal(root)).toBeInstanceOf(ForeignError);
      expect(refusal(root).message).toBe(
        `here/x.pth: must hold weights by their names, because no object is made here and nothing of a file is run, but holds a whole model (torch.nn.modules.container.Sequential); where the code of its class is at hand and the file is trusted, save its weights, in Python: torch.save({"generator": torch.load("here/x.pth", map_location="cpu", weights_only=False)${keys}.state_dict()}, "generator.pth")`,
      );
    }
    expect(moduleIn(fixture('torch-lightning.pth'))).toBeUndefined();
    const { arrays, notices } = find(fixture('torch-lightning.pth'));
    expect([...arrays.keys()].sort()).toEqual(
      ['conv_post', 'conv_pre'].flatMap((layer) =>
        ['bias', 'weight_g', 'weight_v'].map((name) => `generator.${layer}.${name}`),
      ),
    );
    expect(notices).toEqual([
      'the generator was found as state_dict → generator.… in it',
      expect.stringMatching(/^it holds objects made by torch\.nn\.modules\.loss\.L1Loss, /),
    ]);
  });

  it('says how the weights of a whole model are saved, and which file is meant for a do_', () => {
    const module = dict({
      __class__: 'models.Generator',
      _parameters: dict({}),
      _modules: dict({
        conv_pre: dict({ __class__: 'torch.nn.Conv1d', _parameters: dict({ bias: array(1) }) }),
      }),
    });
    expect(refusal(module)).toBeInstanceOf(ForeignError);
    expect(refusal(module).message).toMatch(
      /holds a whole model \(models\.Generator\); .*weights_only=False\)\.state_dict\(\)\}, "generator\.pth"\)$/,
    );
    expect(refusal(dict({ net: module })).message).toContain(
      'weights_only=False)["net"].state_dict()',
    );
    const training = dict({ mpd: other, msd: other, optim_g: dict({}), steps: 7 });
    const told = () => stateInTorch(training, source, 'run/do_00000007');
    expect(told).toThrow(
      /is the do_… half of a checkpoint \(mpd, msd, optim_g, steps: .*; give g_00000007, /,
    );
    expect(refusal(training).message).toMatch(/give the g_… file of the same number/);
  });

  it('looks once at what a file names again and again', () => {
    let root: Tree = dict({});
    for (let level = 0; level < 6; level++) {
      const next: Tree = root;
      root = new Map(Array.from({ length: 1000 }, (_, key) => [key, next] as const));
    }
    // A million million million walks, else.
    expect(refusal(root).message).toMatch(/must be a state dict/);
  });

  it('names what else was in the file, of which nothing was run', () => {
    const object = dict({ __class__: 'posix.system', __args__: ['true'] });
    for (const root of [
      dict({ generator: generator(), cfg: [object] }),
      dict({ model: dict({ a: generator(), hook: object }) }),
    ]) {
      expect(find(root).notices.at(-1)).toMatch(
        /^it holds objects made by posix\.system, .* nothing of them was run; PyTorch would run it/,
      );
    }
  });

  it('names what stands in place of the weights, of which nothing was run', () => {
    const object = dict({ __class__: 'posix.system', __args__: ['true'] });
    for (const [root, what] of [
      [object, 'is an object'],
      [[object], 'is a list'],
      [dict({ generator: object }), 'its generator is an object'],
      [dict({ generator: dict({ net: object }) }), 'its generator is a dictionary'],
      [
        dict({ generator: new Map([...generator(), ['conv_post.bias', object]]) }),
        'its conv_post.bias is an object',
      ],
    ] satisfies [Tree, string][]) {
      const { message } = refusal(root);
      expect(message).toContain(`must be a state dict (arrays by name), but ${what}; it holds`);
      expect(message).toMatch(
        /objects made by posix\.system, .* nothing of them was run; PyTorch would run it, .* where the file is not trusted get another, /,
      );
    }
    // Where it lies beside what is wrong, it is not that.
    const beside = refusal(new Map<string, Tree>([...generator(), ['a', dict({})], ['b', object]]));
    expect(beside.message).toMatch(/its a is a dictionary; it has conv_pre\.weight_v, /);
  });

  it('refuses weights that are no numbers, or tells them', async () => {
    const { model, files } = foreignModel('transformers-speecht5');
    const state = stateOf(model);
    const [name, first] = [...state].find(([one]) => one.endsWith('conv_pre.bias'))!;
    const data = Float32Array.from(first.data as Float32Array);
    data[1] = Number.NaN;
    state.set(name, { ...first, data });
    const spoilt = filesInMemory({
      'config.json': await files.read('config.json'),
      'x.pth': writeTorch(new OrderedDict(state)),
    });
    expect((await failure(spoilt)).message).toMatch(/conv_pre\.bias holds NaN and must/);
    const recognized = (await recognizeForeign(spoilt))!;
    const told = await readRecognized(recognized, '', { notFinite: 'tell' });
    expect(told.notFinite).toEqual([name]);
  });

  it('names the configuration as it was given', async () => {
    const { model } = foreignModel('transformers-speecht5');
    const files = filesInMemory({
      'config.json': JSON.stringify({
        ...JSON.parse(model.metadata.config),
        upsample_kernel_sizes: [16, 4],
      }),
      'x.pth': writeTorch(new OrderedDict(stateOf(model))),
    });
    const choice = { weights: 'x.pth', config: 'config.json', configShown: 'v1', where: 'here' };
    await expect(readForeign(files, choice)).rejects.toThrow(/the configuration, v1, is another/);
  });

  it('tells what is wrong with a feature extractor by its own keys', async () => {
    const { files } = foreignModel('transformers-speecht5');
    const both = filesInMemory({
      'config.json': await files.read('config.json'),
      'model.safetensors': await files.read('model.safetensors'),
      'preprocessor_config.json': JSON.stringify({
        sampling_rate: 16000,
        fmin: 9000,
        fmax: 8000,
        win_length: 8,
      }),
    });
    const { message } = await failure(both);
    expect(message).not.toContain('features.');
    expect(message).toMatch(/fmin of preprocessor_config\.json/);
  });
});
