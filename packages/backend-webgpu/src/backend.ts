import { OutOfMemoryError } from '@hifigan/ops';
import type { KernelBackend } from '@tensorflow/tfjs-core';
import type { ProgramBackend } from './program.js';

/** The name under which tfjs knows the backend; `webgpu` is that of tfjs's own package. */
export const BACKEND_NAME = 'hifigan-webgpu';

/** Thrown by whatever is computed or read when the GPU is gone; its tensors are lost. */
export class WebGpuLostError extends Error {
  override readonly name = 'WebGpuLostError';
}

/** tfjs's backend, as far as we look into it. */
export type DeviceBackend = KernelBackend & ProgramBackend;

/**
 * Has a backend tell when its device is lost or refused something. By itself WebGPU does neither: work on a lost device
 * is dropped without a word, and what was refused leaves zeros.
 */
export function guardDevice(backend: DeviceBackend): void {
  const { device } = backend;
  let lost: WebGpuLostError | undefined;
  let refused: Error | undefined;
  const whenLost = device.lost.then(({ reason, message }): never => {
    lost = new WebGpuLostError(
      `hifigan-webgpu: the GPU is gone (${reason || 'unknown'}${message ? `: ${message.trim()}` : ''}), ` +
        'and its tensors with it; register the backend anew and load the model again, or take another backend',
    );
    throw lost;
  });
  // Whoever reads is told; nobody need be.
  whenLost.catch(() => undefined);
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    event.preventDefault();
    refused ??= refusal(error);
  });

  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    if (lost) throw lost;
    // A reading of its own that fails later, when the device is gone, is nobody's any more.
    const reading = read(dataId);
    reading.catch(() => undefined);
    const values = await Promise.race([reading, whenLost]).catch((error: unknown) => {
      throw lost ?? refused ?? error;
    });
    if (refused) {
      const error = refused;
      refused = undefined;
      throw error;
    }
    return values;
  };

  const run = backend.runWebGPUProgram.bind(backend);
  backend.runWebGPUProgram = (...program) => {
    if (lost) throw lost;
    return run(...program);
  };

  const dispose = backend.dispose.bind(backend);
  backend.dispose = () => {
    dispose();
    device.destroy();
  };
}

function refusal(error: GPUError): Error {
  const { message } = error;
  return error.constructor.name === 'GPUOutOfMemoryError'
    ? new OutOfMemoryError(
        `hifigan-webgpu: the GPU's memory is used up (${message}); take shorter signals or a smaller batch`,
      )
    : new Error(`hifigan-webgpu: the GPU refused an operation: ${message}`);
}
