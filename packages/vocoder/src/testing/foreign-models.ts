import { type NamedArray, writeSafetensors } from '@hifigan/checkpoint';
import { type Golden, golden } from '@hifigan/testkit';
import { type ForeignFiles, filesInMemory } from '../index.js';

/** A golden of another program's generator, and the files that its users would have of it. */
export function foreignModel(name: string): {
  readonly model: Golden;
  readonly files: ForeignFiles;
} {
  const model = golden(import.meta.url, `../fixtures/foreign-${name}.safetensors`);
  const config: unknown = JSON.parse(model.metadata.config);
  return { model, files: filesOf(name, config, stateOf(model)) };
}

/** The weights as the program names them. */
export function stateOf(model: Golden): Map<string, NamedArray> {
  const names = model.names().filter((name) => name.startsWith('state/'));
  return new Map(names.map((name) => [name.slice('state/'.length), model.array(name)]));
}

/** As each program calls its files; JSON is YAML. */
export function filesOf(
  name: string,
  config: unknown,
  state: ReadonlyMap<string, NamedArray>,
): ForeignFiles {
  const [configName, weightsName] =
    Object.entries(FILES).find(([beginning]) => name.startsWith(beginning))?.[1] ?? [];
  return filesInMemory({
    [configName!]: JSON.stringify(config),
    [weightsName!]: writeSafetensors(state),
    'README.md': 'of the model',
  });
}

const FILES: Readonly<Record<string, readonly [string, string]>> = {
  transformers: ['config.json', 'model.safetensors'],
  'parallel-wavegan': ['config.yml', 'checkpoint-400000steps.safetensors'],
  espnet: ['config.yaml', 'train.total_count.ave_5best.safetensors'],
  coqui: ['config.json', 'model_file.safetensors'],
  nemo: ['model_config.yaml', 'model_weights.safetensors'],
};
