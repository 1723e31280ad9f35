import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isArray, OrderedDict, type TorchValue, writeTorch } from '@hifigan/checkpoint';
import { readConfig } from '@hifigan/config';
import { judgesPython, requireJudges, tinyConfig } from '@hifigan/testkit';
import { afterAll, describe, expect, it } from 'vitest';
import { layerState } from './testing/layer-state.js';
import { toTorchCheckpoint } from './torch-checkpoint.js';

const JUDGE = fileURLToPath(
  new URL(
    '../../../tooling/reference-python/hifigan_reference/checkpoint_contents.py',
    import.meta.url,
  ),
);
const available = requireJudges().available;
/** Interpreters with an older PyTorch, where someone has them: `HIFIGAN_OLDER_TORCH=/a/python:/b/python`. */
const older = (process.env.HIFIGAN_OLDER_TORCH ?? '').split(delimiter).filter(Boolean);
const judges = [
  ...(available ? (['legacy', 'zip'] as const) : []).map((layout) => ({
    layout,
    python: judgesPython(),
  })),
  ...older.map((python) => ({ python, layout: 'legacy' as const })),
];

const DTYPES = { Float32Array: 'float32', Float64Array: 'float64', Uint8Array: 'uint8' };

/** As the judge tells it. */
function contents(value: TorchValue): unknown {
  if (value instanceof Map) {
    return {
      type: value instanceof OrderedDict ? 'OrderedDict' : 'dict',
      items: [...value].map(([key, item]) => [key, contents(item)]),
    };
  }
  if (Array.isArray(value)) {
    return { type: Object.isFrozen(value) ? 'tuple' : 'list', items: value.map(contents) };
  }
  if (!isArray(value)) return value;
  const { shape, data } = value;
  const name = data.constructor.name as keyof typeof DTYPES;
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { dtype: `torch.${DTYPES[name]}`, shape: [...shape], sha256 };
}

describe.skipIf(judges.length === 0)('PyTorch loads what writeTorch wrote', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hifigan-layouts-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const { config } = readConfig(JSON.stringify(tinyConfig), 'config');
  const { generator, training } = toTorchCheckpoint(layerState(), config);
  const kinds: TorchValue = [
    { shape: [], data: Float64Array.of(-0.1) },
    { shape: [0, 3], data: new Float32Array() },
    { shape: [2], data: Uint8Array.of(3, 255) },
    Object.freeze([null, true, -1, 2 ** 40, 0.5, 'ü']) as TorchValue[],
  ];
  const files = { generator, training, kinds } as Readonly<Record<string, TorchValue>>;

  it.each(judges)('$layout, $python', ({ python, layout }) => {
    const names = Object.keys(files);
    const paths = names.map((name) => join(folder, name));
    for (const [i, path] of paths.entries()) {
      writeFileSync(path, writeTorch(files[names[i]], { layout }));
    }
    const told = JSON.parse(execFileSync(python, [JUDGE, ...paths], { encoding: 'utf8' }));
    console.log(`PyTorch ${told.torch}, ${layout}: ${names} are the same`);
    expect(told.files).toEqual(
      names.map((name) => ({
        value: contents(files[name]),
        safe: true,
        steps: name === 'training' ? [true, true] : [],
      })),
    );
  });
});
