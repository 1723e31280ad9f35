import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { OutOfMemoryError } from '@hifigan/ops';
import { describe, expect, it } from 'vitest';
import { type DeviceBackend, guardDevice, isLost, WebGpuLostError } from './backend.js';

/** As Dawn's is called; WebGPU's own are told apart by their names. */
class GPUOutOfMemoryError {
  readonly message = 'cannot allocate';
}
class GPUValidationError {
  readonly message = 'usage must not be 0';
}

/** A guarded backend without a GPU, whose device does what the test says. */
function guarded(read: () => Promise<Float32Array>) {
  const device = Object.assign(new EventTarget(), { lost: undefined as unknown, destroy() {} });
  let lose: (info: { reason: string; message: string }) => void = () => undefined;
  device.lost = new Promise((resolve) => {
    lose = resolve;
  });
  const backend = {
    ...{ device, read, dispose() {} },
    runWebGPUProgram: () => 'ran',
  } as unknown as DeviceBackend;
  guardDevice(backend);
  const refuse = (error: object) => {
    const event = Object.assign(new Event('uncapturederror', { cancelable: true }), { error });
    device.dispatchEvent(event);
    return event;
  };
  return { backend, refuse, lose: () => lose({ reason: 'unknown', message: 'unplugged\n' }) };
}

const values = async () => new Float32Array([1, 2]);

describe('a guarded device', () => {
  it('keeps nothing of what was read', async () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const { backend } = guarded(async () => new Float32Array(1 << 16));
    const held: WeakRef<object>[] = [];
    for (let i = 0; i < 8; i++) held.push(new WeakRef(await backend.read({})));
    // A WeakRef keeps its target until the task that made it ends.
    await new Promise((done) => setTimeout(done));
    collect();
    const kept = held.filter((reference) => reference.deref() !== undefined);
    // The last one may lie in a register of this function.
    expect(kept.length).toBeLessThanOrEqual(1);
  });

  it('tells what was refused once, whether the reading itself fails or not', async () => {
    let reading = values;
    const { backend, refuse } = guarded(() => reading());
    expect(refuse(new GPUValidationError()).defaultPrevented).toBe(true);
    await expect(backend.read({})).rejects.toThrow(
      /hifigan-webgpu: the GPU refused an operation: usage must not be 0/,
    );
    expect(await backend.read({})).toEqual(await values());

    refuse(new GPUValidationError());
    reading = () => Promise.reject(new Error('no buffer to map'));
    await expect(backend.read({})).rejects.toThrow(/refused an operation/);
    await expect(backend.read({})).rejects.toThrow(/no buffer to map/);
    reading = values;
    expect(await backend.read({})).toEqual(await values());
  });

  it('tells by OutOfMemoryError where memory was refused', async () => {
    const { backend, refuse } = guarded(values);
    refuse(new GPUOutOfMemoryError());
    // What follows from the first.
    refuse(new GPUValidationError());
    const reading = backend.read({});
    await expect(reading).rejects.toThrow(OutOfMemoryError);
    await expect(reading).rejects.toThrow(/cannot allocate.*smaller batch/);
  });

  it('rejects what waits when it is lost, and all that comes after', async () => {
    const { backend, lose } = guarded(() => new Promise(() => undefined));
    const waiting = [backend.read({}), backend.read({})];
    expect(isLost(backend)).toBe(false);
    lose();
    for (const reading of waiting) {
      await expect(reading).rejects.toThrow(WebGpuLostError);
      await expect(reading).rejects.toThrow(/the GPU is gone \(unknown: unplugged\)/);
    }
    expect(isLost(backend)).toBe(true);
    await expect(backend.read({})).rejects.toThrow(WebGpuLostError);
    expect(() => backend.runWebGPUProgram({} as never, [], 'float32', [], {} as never)).toThrow(
      WebGpuLostError,
    );
  });
});
