import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type NamedArray, readSafetensors } from '@hifigan/checkpoint';

/** A committed fixture of `tooling/reference-python`: arrays by name and what was written beside them. */
export interface Golden {
  readonly metadata: Readonly<Record<string, string>>;
  /** @throws where the fixture has no array of that name */
  array(name: string): NamedArray & { readonly data: Float32Array | Float64Array };
  has(name: string): boolean;
  names(): string[];
}

/**
 * Reads a `.safetensors` golden, named relative to the test: `golden(import.meta.url, 'fixtures/stft.safetensors')`.
 */
export function golden(testUrl: string, path: string): Golden {
  const file = fileURLToPath(new URL(path, testUrl));
  const { arrays, metadata } = readSafetensors(readFileSync(file), file);
  return {
    metadata,
    array(name) {
      const found = arrays.get(name);
      if (!found)
        throw new Error(`${file}: no array ${name}; it has ${[...arrays.keys()].join(', ')}`);
      return found as NamedArray & { data: Float32Array | Float64Array };
    },
    has: (name) => arrays.has(name),
    names: () => [...arrays.keys()],
  };
}
