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

/** Backends whose devices are gone. */
const gone = new WeakSet<object>();

/** Whether the device of a guarded backend is gone, so that it computes nothing any more. */
export function isLost(backend: object): boolean {
  return gone.has(backend);
}

/**
 * Has a backend tell when its device is lost or refused something. By itself WebGPU does neither: work on a lost device
 * is dropped without a word, and what was refused leaves zeros.
 */
export function guardDevice(backend: DeviceBackend): void {
  const { device } = backend;
  let lost: WebGpuLostError | undefined;
  let refused: Error | undefined;
  // Not a race with `device.lost`: that lives as long as the device, and would keep what is read as long.
  const waiting = new Set<(error: Error) => void>();
  void device.lost.then(({ reason, message }) => {
    lost = new WebGpuLostError(
      `hifigan-webgpu: the GPU is gone (${reason || 'unknown'}${message ? `: ${message.trim()}` : ''}), ` +
        'and its tensors with it; register the backend anew and load the model again, or take another backend',
    );
    gone.add(backend);
    for (const reject of waiting) reject(lost);
    waiting.clear();
  });
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    event.preventDefault();
    refused ??= refusal(error);
  });
  /** What is to be told to whoever reads: the loss always, a refusal once. */
  const takeFailure = (): Error | undefined => {
    const failure = lost ?? refused;
    refused = undefined;
    return failure;
  };

  const read = backend.read.bind(backend);
  backend.read = async (dataId) => {
    if (lost) throw lost;
    const values = await new Promise<Awaited<ReturnType<typeof read>>>((resolve, reject) => {
      waiting.add(reject);
      read(dataId)
        .then(resolve, reject)
        .finally(() => waiting.delete(reject));
    }).catch((error: unknown) => {
      throw takeFailure() ?? error;
    });
    const failure = takeFailure();
    if (failure) throw failure;
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
