// What differs between Node and pages. Types of Node are not used: the package is built for both.

interface NodeProcess {
  readonly versions?: { readonly node?: string };
  getBuiltinModule?(name: string): unknown;
}

const nodeProcess = (): NodeProcess | undefined =>
  (globalThis as { readonly process?: NodeProcess }).process;

/** Whether this is Node (or something that says it is). */
export function isNode(): boolean {
  return typeof nodeProcess()?.versions?.node === 'string';
}

/** A module of Node's own. @throws elsewhere */
export async function nodeModule<T>(name: string): Promise<T> {
  const specifier = `node:${name}`;
  const found = nodeProcess()?.getBuiltinModule?.(specifier);
  // In a variable, so that no bundler looks for it.
  return (found ?? (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier))) as T;
}
