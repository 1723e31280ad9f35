import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';
import type { DeviceBackend } from './backend.js';

/** Arrays that a program binds at most, where the device does not say (WebGPU's least); one of them is the output. */
const USUAL_BINDINGS = 8;

/**
 * tfjs's sum of many tensors, some at a time: by itself it binds them all in one program, which a GPU refuses of more
 * than some, as the maps of a discriminator are.
 */
export function addN(few: KernelFunc): KernelFunc {
  return ({ inputs, backend, attrs }) => {
    const device = backend as DeviceBackend;
    const most = (device.device.limits.maxStorageBuffersPerShaderStage ?? USUAL_BINDINGS) - 1;
    const tensors = inputs as unknown as TensorInfo[];
    const sumOf = (some: TensorInfo[]) =>
      few({ inputs: some as never, backend, attrs }) as TensorInfo;
    let sum = sumOf(tensors.slice(0, most));
    for (let next = most; next < tensors.length; next += most - 1) {
      const before = sum;
      sum = sumOf([before, ...tensors.slice(next, next + most - 1)]);
      device.disposeData(before.dataId);
    }
    return sum;
  };
}
