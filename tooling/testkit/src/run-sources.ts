/**
 * Arguments for Node before a program of ours, so that it and its children run from their sources, without a build:
 * `spawn(process.execPath, [...sourceArguments(), 'program.ts'])`.
 */
export function sourceArguments(): readonly string[] {
  return [
    '--conditions=@hifigan/source',
    '--import',
    new URL('./source-loader.mjs', import.meta.url).href,
  ];
}
