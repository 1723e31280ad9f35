import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WebGpuBackendDescription } from '@hifigan/backend-webgpu';
import { byteSize } from '../terminal/format.js';
import type { Backend } from './backend.js';
import { quietTensors } from './quiet-tensors.js';

/** What is registered in this process. */
let description: WebGpuBackendDescription | undefined;

/** Beside the user's project, before beside this package. */
const places = () => ({ from: [join(process.cwd(), 'package.json'), import.meta.url] });

const dawn = () => import('@hifigan/backend-webgpu/node');

async function provide(): Promise<void> {
  // Without it, as on servers, Vulkan's loader complains to the terminal; nothing is put there.
  if (process.platform === 'linux') process.env.XDG_RUNTIME_DIR ??= tmpdir();
  await (await dawn()).provideWebGpu(places());
}

/**
 * The GPU by WebGPU, through Dawn: @hifigan/backend-webgpu and the npm package `webgpu`. Never by `auto`, since the adapter
 * may be a program on the processor, which is slower than WebAssembly.
 */
export const webgpuBackend: Backend = {
  name: 'webgpu',
  description: 'the GPU by WebGPU, with the npm package webgpu',
  mostThreads: 1,
  byNameOnly: true,

  async available() {
    // `doctor` and `bench` ask, too: what Dawn writes where there is no GPU is not for their terminal.
    const missing = await (await dawn()).missingAdapter(places());
    if (missing !== undefined) return { ok: false, reason: missing };
    // `end` lets go of it.
    try {
      await provide();
      const { describeAdapter, findAdapter, isSoftwareAdapter } = await import(
        '@hifigan/backend-webgpu'
      );
      const { info } = await findAdapter(globalThis.navigator?.gpu);
      if (!isSoftwareAdapter(info)) return { ok: true };
      const slow = `${describeAdapter(info)} is a program on the processor; --backend webgpu measures it all the same`;
      return { ok: true, slow };
    } catch (error) {
      return { ok: false, reason: error instanceof Error ? error.message : String(error) };
    }
  },

  async activate({ onWarning = (message) => console.warn(message) }) {
    const tf = await quietTensors();
    await provide();
    const { registerWebGpuBackend } = await import('@hifigan/backend-webgpu');
    description = await registerWebGpuBackend();
    if (description.software) {
      onWarning(
        `webgpu: ${description.adapter} is a program on the processor and no GPU; --backend wasm is faster`,
      );
    }
    if (!(await tf.setBackend(description.name))) {
      throw new Error('webgpu: the backend did not start; try --backend wasm');
    }
  },

  async device() {
    return description?.adapter ?? 'no adapter';
  },

  async end() {
    if (description) {
      const tf = await quietTensors();
      if (tf.findBackendFactory(description.name)) tf.removeBackend(description.name);
      description = undefined;
    }
    (await dawn()).releaseWebGpu();
  },

  async inspect({ active }) {
    const { findDawn } = await dawn();
    const found = findDawn(places());
    const library = found ? [{ name: 'library', ok: true, found }] : [];
    if (!active || !description) return library;
    const { adapter, software, largestTensor } = description;
    return [
      ...library,
      software
        ? {
            ...{ name: 'adapter', ok: false, optional: true, found: adapter },
            why: 'it is a program on the processor, slower than --backend wasm',
            todo: 'install the driver of the GPU (on Linux its Vulkan driver and libvulkan1), or take --backend wasm',
          }
        : { name: 'adapter', ok: true, found: adapter },
      { name: 'largest array', ok: true, found: byteSize(largestTensor) },
    ];
  },
};
