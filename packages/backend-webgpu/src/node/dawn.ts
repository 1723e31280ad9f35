import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** Dawn's binding for Node, an optional peer. */
const PACKAGE = 'webgpu';

interface Dawn {
  create(options: readonly string[]): GPU;
  readonly globals: Readonly<Record<string, unknown>>;
}

export interface DawnOptions {
  /** Files beside which the npm package `webgpu` is looked for, before this package. */
  readonly from?: readonly string[];
}

/** Where the npm package `webgpu` is installed. Loads nothing. @returns the file to import, or nothing */
export function findDawn({ from = [] }: DawnOptions = {}): string | undefined {
  for (const file of [...from, import.meta.url]) {
    try {
      return createRequire(file).resolve(PACKAGE);
    } catch {
      // The next place.
    }
  }
  return undefined;
}

/** What Dawn's package lacks here, and what to do; nothing where it is there. An adapter may still be missing. */
export function missingWebGpu(options: DawnOptions = {}): string | undefined {
  return findDawn(options) || hasGpu()
    ? undefined
    : `the npm package ${PACKAGE} (Dawn) is not installed; npm install ${PACKAGE}`;
}

/** Where {@link provideWebGpu} put things, and their names there. */
let provided: (readonly [target: object, name: string])[] = [];

/**
 * Gives this process `navigator.gpu` and WebGPU's constants from the npm package `webgpu`; where a host has them, they
 * stay. A process with it does not end by itself before {@link releaseWebGpu}.
 *
 * @throws where the package is not installed or does not load
 */
export async function provideWebGpu(options: DawnOptions = {}): Promise<void> {
  if (hasGpu()) return;
  const file = findDawn(options);
  if (!file) throw new Error(`provideWebGpu: ${missingWebGpu(options)}`);
  const dawn = (await import(pathToFileURL(file).href)) as Dawn;
  for (const [name, value] of Object.entries(dawn.globals)) {
    if (!(name in globalThis)) provide(globalThis, name, value);
  }
  const gpu = dawn.create([]);
  if (globalThis.navigator) provide(globalThis.navigator, 'gpu', gpu);
  // Node 20 has none.
  else provide(globalThis, 'navigator', { gpu });
}

function provide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, configurable: true, writable: true });
  provided.push([target, name]);
}

/** Takes back what {@link provideWebGpu} gave; remove the backend first. */
export function releaseWebGpu(): void {
  for (const [target, name] of provided) Reflect.deleteProperty(target, name);
  provided = [];
}

function hasGpu(): boolean {
  return globalThis.navigator?.gpu !== undefined;
}
