import { requireWebGpu } from '@hifigan/testkit';
import { expect, it } from 'vitest';
import { provideWebGpu, releaseWebGpu } from './index.js';

const { available } = requireWebGpu();

it.skipIf(!available)('takes back all that it gave, and gives it anew', async () => {
  const names = () => Object.getOwnPropertyNames(globalThis).sort();
  const before = names();
  const navigator = globalThis.navigator;
  for (let i = 0; i < 2; i++) {
    await provideWebGpu();
    expect(globalThis.navigator.gpu).toBeDefined();
    expect(names()).toContain('GPUBufferUsage');
    releaseWebGpu();
    // Node 20 has no navigator, later ones have.
    expect(names()).toEqual(before);
    expect(globalThis.navigator).toBe(navigator);
    expect(globalThis.navigator?.gpu).toBeUndefined();
  }
});
