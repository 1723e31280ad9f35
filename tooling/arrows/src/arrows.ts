/** What a room may import from, by the name of its folder; `ANY_PACKAGE`: whatever lies in packages/. */
export const ANY_PACKAGE = 'any package';

/** The table of CONTRIBUTING.md, one row a line; `*` stands for the rest of a name. */
export const ARROWS: Readonly<Record<string, readonly string[] | typeof ANY_PACKAGE>> = {
  apps: ANY_PACKAGE,
  cli: ANY_PACKAGE,
  train: ['models', 'audio', 'codecs', 'checkpoint', 'ops', 'config', 'metrics'],
  vocoder: ['models', 'checkpoint', 'config', 'audio'],
  models: ['ops', 'config'],
  export: ['models', 'config'],
  'backend-*': ['ops'],
  codecs: ['audio'],
  metrics: ['audio'],
  ops: [],
  audio: [],
  checkpoint: [],
  config: [],
  voice: [],
};

/**
 * Which of tfjs's packages a room's sources may name. Tests may name any. Libraries take theirs as a
 * peer; applications depend on theirs.
 */
export const TFJS: Readonly<
  Record<
    string,
    {
      readonly packages: readonly string[];
      readonly as: 'peer' | 'dependency';
      /** A folder inside them that may be named: only bundlers find it. */
      readonly inside?: string;
    }
  >
> = {
  ops: { packages: ['@tensorflow/tfjs-core'], as: 'peer' },
  models: { packages: ['@tensorflow/tfjs-core'], as: 'peer' },
  vocoder: { packages: ['@tensorflow/tfjs-core'], as: 'peer' },
  // Its kernels compute what ours do not.
  'backend-wasm': {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
    as: 'peer',
  },
  'backend-webgpu': {
    packages: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-webgpu'],
    as: 'peer',
  },
  'backend-*': { packages: ['@tensorflow/tfjs-core'], as: 'peer' },
  train: { packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-core'], as: 'peer' },
  cli: {
    packages: [
      '@tensorflow/tfjs',
      '@tensorflow/tfjs-core',
      '@tensorflow/tfjs-backend-cpu',
      '@tensorflow/tfjs-backend-webgpu',
    ],
    as: 'dependency',
  },
  gpu: {
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-node-gpu'],
    as: 'dependency',
  },
  // Core is enough to speak; gradients are for training, and all of them would be too large for a page.
  web: {
    packages: ['@tensorflow/tfjs', '@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu'],
    as: 'dependency',
    inside: '@tensorflow/tfjs-core/dist/gradients/',
  },
};

/** Calls that choose for the application; libraries must leave them to it. */
export const CHOICES: readonly string[] = ['setBackend'];

/** Development tools that no source imports. */
export const TOOLS: readonly string[] = [
  '@hifigan/tsconfig',
  '@hifigan/vitest',
  '@types/node',
  'typescript',
  'vitest',
];

/** What an entry point of ours resolves from its caller's package, by the entry point. */
export const RESOLVED_FOR: Readonly<Record<string, string>> = {
  '@hifigan/backend-tensorflow/node': '@tensorflow/tfjs-node-gpu',
};

/** The row of a room in a table whose keys may end in `*`. */
export function rowOf<T>(table: Readonly<Record<string, T>>, room: string): T | undefined {
  const key = Object.keys(table).find((name) =>
    name.endsWith('*') ? room.startsWith(name.slice(0, -1)) : name === room,
  );
  return key === undefined ? undefined : table[key];
}

/** The rows of the table in CONTRIBUTING.md's section "Imports", in the form of {@link ARROWS}. */
export function readTable(contributing: string): Record<string, readonly string[] | string> {
  const block = /## Imports[\s\S]*?```\n([\s\S]*?)```/.exec(contributing)?.[1] ?? '';
  const rows = block.split('\n').filter((line) => line.includes('->'));
  return Object.fromEntries(
    rows.flatMap((row) => {
      const [left, right] = row.split('->').map((side) => side.trim()) as [string, string];
      const targets = right.startsWith(ANY_PACKAGE)
        ? ANY_PACKAGE
        : right === 'no workspace package'
          ? []
          : list(right).filter((name) => name !== 'tfjs-core');
      return list(left).map((name) => [name, targets]);
    }),
  );
}

const list = (names: string): string[] => names.split(',').map((name) => name.trim());
