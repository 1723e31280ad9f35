import { CONV1D } from '@hifigan/ops';
import { requireWebGpu } from '@hifigan/testkit';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceBackend } from './backend.js';
import { BACKEND_NAME, isSoftwareAdapter, registerWebGpuBackend } from './index.js';
import { provideWebGpu } from './node/index.js';

const { available } = requireWebGpu();
const PLAIN = { stride: 1, dilation: 1, groups: 1, padLeft: 0, padRight: 0, preActivationSlope: 1 };
const CONVOLUTION = { ...PLAIN, activation: 'linear', activationSlope: 1 };

describe.skipIf(!available)('the backend', () => {
  beforeAll(() => provideWebGpu());
  beforeEach(async () => {
    const { name } = await registerWebGpuBackend();
    await tf.setBackend(name);
  });
  afterEach(() => {
    if (tf.findBackendFactory(BACKEND_NAME)) tf.removeBackend(BACKEND_NAME);
  });

  it('registers once, and tells of its adapter', async () => {
    const [first, second] = await Promise.all([registerWebGpuBackend(), registerWebGpuBackend()]);
    expect(second).toBe(first);
    expect(first).toMatchObject({
      name: BACKEND_NAME,
      adapter: expect.stringMatching(/./),
      software: expect.any(Boolean),
    });
    expect(first.largestTensor).toBeGreaterThanOrEqual(2 ** 27);
  });

  it.each([1, 7, 8, 25])('sums %d tensors, more than a program binds too', async (count) => {
    const backend = tf.backend() as DeviceBackend;
    const tensors = Array.from({ length: count }, (_, i) => tf.tensor1d([i, 1, -2 * i]));
    const held = backend.numDataIds();
    const sum = tf.addN(tensors);
    const total = (count * (count - 1)) / 2;
    expect([...(await sum.data())]).toEqual([total, count, -2 * total]);
    sum.dispose();
    expect(backend.numDataIds()).toBe(held);
    tf.dispose(tensors);
  });

  it('rejects what is read, and refuses to compute, when the device is lost', async () => {
    const { device } = tf.backend() as DeviceBackend;
    const x = tf.ones([1, 8, 4]);
    const filter = tf.ones([3, 4, 4]);
    const y = tf.engine().runKernel(CONV1D, { x, filter }, CONVOLUTION) as tf.Tensor;
    device.destroy();
    await expect(y.data()).rejects.toThrow(
      /the GPU is gone \(destroyed.*register the backend anew/,
    );
    expect(() => tf.engine().runKernel(CONV1D, { x, filter }, CONVOLUTION)).toThrow(/GPU is gone/);
    await expect(y.data()).rejects.toThrow(/GPU is gone/);
  });

  it('is registered anew after a loss, and computes', async () => {
    const lost = tf.backend() as DeviceBackend;
    const old = tf.ones([1, 8, 4]);
    lost.device.destroy();
    await lost.device.lost;
    await expect(old.data()).rejects.toThrow(/GPU is gone/);
    const [first, second] = await Promise.all([registerWebGpuBackend(), registerWebGpuBackend()]);
    expect(second).toBe(first);
    await tf.setBackend(first.name);
    expect(tf.backend()).not.toBe(lost);
    const x = tf.tensor1d([1, 2, -3]);
    expect([...(await tf.addN([x, x, x]).data())]).toEqual([3, 6, -9]);
    // What is left of the lost one can be let go of.
    old.dispose();
    expect(await registerWebGpuBackend()).toBe(first);
  });

  it('tells of what its device refuses, once', async () => {
    const { device } = tf.backend() as DeviceBackend;
    const x = tf.ones([4]);
    const [first, second] = [x.square(), x.add(1)];
    device.createBuffer({ size: 4, usage: 0 });
    await expect(first.data()).rejects.toThrow(/the GPU refused an operation: .*usage/is);
    expect([...(await second.data())]).toEqual([2, 2, 2, 2]);
  });

  it('refuses arrays beyond what the GPU binds, in words, and leaves nothing', () => {
    const backend = tf.backend() as DeviceBackend;
    const limits = { maxStorageBufferBindingSize: 1024, maxBufferSize: 2048 };
    const { device } = backend;
    Object.defineProperty(backend, 'device', { value: { limits }, configurable: true });
    try {
      const x = tf.ones([1, 64, 4]);
      const filter = tf.ones([3, 4, 8]);
      const held = backend.numDataIds();
      const run = () => tf.engine().runKernel(CONV1D, { x, filter }, CONVOLUTION);
      expect(run).toThrow(/output \[1, 62, 8\] has 1984 bytes and must have 1024 at most/);
      expect(backend.numDataIds()).toBe(held);
    } finally {
      Object.defineProperty(backend, 'device', { value: device, writable: true });
    }
  });

  it('computes more workgroups than a dimension takes', async () => {
    const backend = tf.backend() as DeviceBackend;
    const x = tf.ones([1, 70_000, 1]);
    const filter = tf.ones([1, 1, 4]);
    // As a device would that takes few.
    const { device } = backend;
    const few = new Proxy(device, {
      get(target, key) {
        if (key === 'limits') {
          const { maxStorageBufferBindingSize, maxBufferSize } = target.limits;
          return {
            maxStorageBufferBindingSize,
            maxBufferSize,
            maxComputeWorkgroupsPerDimension: 16,
          };
        }
        const value = Reflect.get(target, key) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    Object.defineProperty(backend, 'device', { value: few, configurable: true, writable: true });
    let y: tf.Tensor;
    try {
      y = tf.engine().runKernel(CONV1D, { x, filter }, CONVOLUTION) as tf.Tensor;
    } finally {
      Object.defineProperty(backend, 'device', { value: device, writable: true });
    }
    const values = await y.data();
    expect(values.length).toBe(280_000);
    expect(values.every((value) => value === 1)).toBe(true);
  });
});

describe('without WebGPU', () => {
  it('says what is missing', async () => {
    const none = { requestAdapter: async () => null } as unknown as GPU;
    await expect(registerWebGpuBackend({ gpu: none })).rejects.toThrow(/no adapter.*Vulkan/);
  });

  it.each([
    [{ vendor: 'google', architecture: 'swiftshader' }, true],
    [{ description: 'llvmpipe (LLVM 15.0.6, 256 bits)' }, true],
    [{ isFallbackAdapter: true }, true],
    [{ vendor: 'nvidia', architecture: 'hopper', description: 'NVIDIA H200' }, false],
  ])('knows %j: software %s', (info, software) => {
    expect(isSoftwareAdapter(info as GPUAdapterInfo)).toBe(software);
  });
});
