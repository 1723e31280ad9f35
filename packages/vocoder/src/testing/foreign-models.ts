import {
  type NamedArray,
  OrderedDict,
  type TorchValue,
  writeSafetensors,
  writeTorch,
} from '@hifigan/checkpoint';
import { type Golden, golden } from '@hifigan/testkit';
import { type ForeignFiles, filesInMemory, readForeign } from '../index.js';

/** A golden of another program's generator, and the files that its users would have of it. */
export function foreignModel(
  name: string,
  format: 'safetensors' | 'torch' = 'safetensors',
): { readonly model: Golden; readonly files: ForeignFiles } {
  const model = golden(import.meta.url, `../fixtures/foreign-${name}.safetensors`);
  const config: unknown = JSON.parse(model.metadata.config);
  return { model, files: filesOf(name, config, stateOf(model), format) };
}

/** The weights as the program names them. */
export function stateOf(model: Golden): Map<string, NamedArray> {
  const names = model.names().filter((name) => name.startsWith('state/'));
  return new Map(names.map((name) => [name.slice('state/'.length), model.array(name)]));
}

/** As each program calls its files and nests its arrays; JSON is YAML. */
export function filesOf(
  name: string,
  config: unknown,
  state: ReadonlyMap<string, NamedArray>,
  format: 'safetensors' | 'torch' = 'safetensors',
): ForeignFiles {
  const found = Object.entries(PROGRAMS).find(([beginning]) => name.startsWith(beginning));
  if (!found) throw new Error(`${name}: is no program's`);
  const { config: configName, weights, torch, nest } = found[1];
  const dict = new OrderedDict<NamedArray>(state);
  return filesInMemory({
    [configName]: JSON.stringify(config),
    ...(format === 'torch'
      ? { [torch]: writeTorch(nest(dict)) }
      : { [weights]: writeSafetensors(state) }),
    'README.md': 'of the model',
  });
}

interface Program {
  readonly config: string;
  readonly weights: string;
  readonly torch: string;
  readonly nest: (state: OrderedDict) => TorchValue;
}

const asIs = (state: OrderedDict): TorchValue => state;
const other = (): NamedArray => ({ shape: [2], data: Float32Array.of(1, 2) });

const PROGRAMS: Readonly<Record<string, Program>> = {
  transformers: {
    config: 'config.json',
    weights: 'model.safetensors',
    torch: 'pytorch_model.bin',
    nest: asIs,
  },
  'parallel-wavegan': {
    config: 'config.yml',
    weights: 'checkpoint-400000steps.safetensors',
    torch: 'checkpoint-400000steps.pkl',
    nest: (generator) =>
      new Map<string, TorchValue>([
        ['optimizer', new Map([['generator', new Map([['state', other()]])]])],
        ['steps', 400000],
        [
          'model',
          new Map<string, TorchValue>([
            ['generator', generator],
            ['discriminator', new OrderedDict([['discriminators.0.bias', other()]])],
          ]),
        ],
      ]),
  },
  espnet: {
    config: 'config.yaml',
    weights: 'train.total_count.ave_5best.safetensors',
    torch: 'train.total_count.ave_5best.pth',
    nest: asIs,
  },
  coqui: {
    config: 'config.json',
    weights: 'model_file.safetensors',
    torch: 'model_file.pth.tar',
    nest: (model) =>
      new Map<string, TorchValue>([
        ['config', new Map([['model', 'hifigan']])],
        ['model', model],
        ['optimizer', [new Map([['state', other()]])]],
        ['step', 1000],
      ]),
  },
  nemo: {
    config: 'model_config.yaml',
    weights: 'model_weights.safetensors',
    torch: 'model_weights.ckpt',
    nest: asIs,
  },
};

// biome-ignore lint/suspicious/noExplicitAny: configurations of other programs, of any shape, to be spoilt
export type Loose = any;

/** A model whose configuration or weights were changed. */
export function changed(
  name: string,
  {
    config,
    state,
    format,
  }: {
    config?: (given: Loose) => void;
    state?: (given: Map<string, NamedArray>) => void;
    format?: 'safetensors' | 'torch';
  },
): ForeignFiles {
  const { model } = foreignModel(name);
  const given: Loose = JSON.parse(model.metadata.config);
  config?.(given);
  const arrays = stateOf(model);
  state?.(arrays);
  return filesOf(name, given, arrays, format);
}

/** What is said where a model cannot be read. */
export const failure = (files: ForeignFiles, where = '') =>
  readForeign(files, { where }).then(
    () => {
      throw new Error('was read');
    },
    (error: Error) => error,
  );
