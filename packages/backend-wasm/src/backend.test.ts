import { CONV1D_BACKPROP_FILTER, isOutOfMemory, OutOfMemoryError } from '@hifigan/ops';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BACKEND_NAME, type WasmBackend } from './backend.js';
import { activateWasm, expectAsOnCpu, held, numbers } from './testing/backends.js';

beforeAll(async () => {
  // No advice to install something else.
  tf.enableProdMode();
  await activateWasm();
});
beforeEach(async () => {
  await tf.setBackend(BACKEND_NAME);
});

const backend = () => tf.backend() as WasmBackend;
const heapBytes = () => backend().runtime.heap.bytesInUse;

/** Moves the values of a tensor into the heap, as a kernel of ours does. */
function inHeap<T extends tf.Tensor>(tensor: T): T {
  if (tf.getBackend() === BACKEND_NAME) backend().context.pointerOf(tensor);
  return tensor;
}

describe('values', () => {
  it.each([
    ['float32', [1.5, -2, 0]],
    ['int32', [1, -2, 2 ** 31 - 1]],
    ['bool', [1, 0, 1]],
  ] as const)('%s come back from the heap as they were', async (dtype, values) => {
    const before = held();
    const tensor = tf.tensor([...values], [3], dtype);
    expect(Array.from(await tensor.data())).toEqual([...values]);
    inHeap(tensor);
    expect(Array.from(tensor.dataSync())).toEqual([...values]);
    expect(tensor.dataSync().buffer).toBeInstanceOf(ArrayBuffer);
    tensor.dispose();
    expect(held()).toEqual(before);
  });

  it('are read as they are now, however the memory grows and what comes after', async () => {
    const tensor = inHeap(tf.tensor([1, 2, 3]));
    const values = tensor.dataSync();
    const { heap } = backend().runtime;
    const pointer = heap.allocate(heap.bytes);
    heap.float32(pointer, 10).fill(9);
    heap.free(pointer);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2, 3]);
    tensor.dispose();
    inHeap(tf.tensor([7, 7, 7])).dispose();
    expect(Array.from(values)).toEqual([1, 2, 3]);
  });

  it('are shared by clones and reshaped tensors, and freed with the last of them', () => {
    const before = held();
    const tensor = inHeap(tf.tensor([1, 2, 3, 4]));
    const clone = tensor.clone();
    const square = tensor.reshape([2, 2]);
    expect(backend().numDataIds()).toBe((before as { ids: number }).ids + 1);
    tensor.dispose();
    expect(square.arraySync()).toEqual([
      [1, 2],
      [3, 4],
    ]);
    square.dispose();
    expect(Array.from(clone.dataSync())).toEqual([1, 2, 3, 4]);
    clone.dispose();
    expect(held()).toEqual(before);
  });

  it('move between backends, both ways', async () => {
    const before = heapBytes();
    const ours = inHeap(tf.tensor([1, 2]));
    await tf.setBackend('cpu');
    const theirs = ours.add(1);
    const complex = tf.complex([1, 2], [3, 4]);
    await tf.setBackend(BACKEND_NAME);
    const sum = tf.tidy(() => inHeap(theirs).add(ours).dataSync());
    expect(Array.from(sum)).toEqual([3, 5]);
    expect(Array.from(tf.imag(complex).dataSync())).toEqual([3, 4]);
    tf.dispose([ours, theirs, complex]);
    expect(heapBytes()).toBe(before);
  });

  it('of variables can be assigned', () => {
    const before = heapBytes();
    const [first, next] = [tf.tensor([1, 2]), tf.tensor([5, 6])];
    const variable = tf.variable(first);
    inHeap(variable);
    variable.assign(next);
    tf.dispose([first, next]);
    expect(Array.from(inHeap(variable).dataSync())).toEqual([5, 6]);
    variable.dispose();
    expect(heapBytes()).toBe(before);
  });

  it('derived from a tensor are made once and freed with it', () => {
    const { context } = backend();
    const before = held();
    const tensor = tf.tensor([1, 2]);
    const column = tensor.reshape([2, 1]);
    let made = 0;
    const make = (heap: { allocate(bytes: number): number }) => {
      made++;
      return heap.allocate(1000);
    };
    const pointer = context.packed(tensor, 'a', make);
    expect(context.packed(column, 'a', make)).toBe(pointer);
    expect(context.packed(tensor, 'b', make)).not.toBe(pointer);
    expect(made).toBe(2);
    tf.dispose([tensor, column]);
    expect(held()).toEqual(before);
  });

  it('that no heap holds are refused there', () => {
    tf.tidy(() => {
      const text = tf.tensor(['a']);
      expect(() => backend().context.pointerOf(text)).toThrow(/dtype=string must be float32/);
    });
  });

  it('of nothing are nothing', () => {
    tf.tidy(() => {
      const empty = inHeap(tf.tensor([], [0, 3]));
      expect(empty.dataSync()).toHaveLength(0);
      expect(tf.concat([empty, tf.ones([1, 3])]).arraySync()).toEqual([[1, 1, 1]]);
    });
  });
});

describe('what tfjs asks of a backend', () => {
  it('is told', async () => {
    expect(tf.memory()).toMatchObject({ unreliable: false, heapBytes: expect.any(Number) });
    expect([backend().floatPrecision(), backend().epsilon()]).toEqual([32, 1e-7]);
    const { kernelMs } = (await tf.time(() => tf.tidy(() => tf.ones([10]).sum()))) as {
      kernelMs: number;
    };
    expect(kernelMs).toBeGreaterThanOrEqual(0);
  });

  it('every kernel of the plain backend is there', () => {
    const names = (backend: string) => tf.getKernelsForBackend(backend).map((k) => k.kernelName);
    expect(names(BACKEND_NAME)).toEqual(expect.arrayContaining(names('cpu')));
  });
});

const complex = (shape: number[]) => tf.complex(numbers(shape, 1), numbers(shape, 2));
/** In the heap on our backend, so that fallbacks read views. */
const x = (shape: number[], seed?: number) => inHeap(numbers(shape, seed));
const ints = (values: number[], shape = [values.length]) =>
  inHeap(tf.tensor(values, shape, 'int32'));
const flags = (values: number[]) => inHeap(tf.tensor(values, [values.length], 'bool'));

describe('as on the plain backend', () => {
  const SAMPLE: Record<string, () => tf.Tensor | tf.Tensor[]> = {
    matMul: () => tf.matMul(x([2, 5, 7]), x([2, 7, 3], 2)),
    'matMul transposed': () => tf.matMul(x([5, 7]), x([5, 4], 2), true),
    conv2d: () =>
      tf.conv2d(x([1, 6, 7, 3]) as tf.Tensor4D, x([3, 3, 3, 4], 2) as tf.Tensor4D, 1, 'same'),
    'fused conv2d': () =>
      tf.fused.conv2d({
        x: x([1, 6, 7, 3]) as tf.Tensor4D,
        filter: x([3, 3, 3, 4], 2) as tf.Tensor4D,
        strides: 1,
        pad: 'same',
        bias: x([4], 3),
        activation: 'relu',
      }),
    depthwise: () =>
      tf.depthwiseConv2d(
        x([1, 6, 7, 3]) as tf.Tensor4D,
        x([3, 3, 3, 2], 2) as tf.Tensor4D,
        1,
        'same',
      ),
    'sum, mean, max': () => [x([3, 4]).sum(0), x([3, 4]).mean(), x([3, 4]).max(1)],
    'argMax, cumsum': () => [x([3, 4]).argMax(1), tf.cumsum(x([3, 4]), 1)],
    'binary, broadcast': () => [
      x([3, 4]).add(x([4], 2)),
      x([3, 1]).mul(x([1, 4], 2)),
      x([4]).div(2),
    ],
    unary: () => [
      x([9]).exp(),
      x([9]).abs(),
      x([9]).leakyRelu(0.1),
      x([9]).tanh(),
      x([9]).square(),
    ],
    'comparison, where': () => {
      const wide = x([3, 4]);
      return [wide.greater(0), tf.where(wide.less(0), wide, tf.zerosLike(wide))];
    },
    concat: () => tf.concat([x([2, 3]), x([2, 4], 2)], 1),
    'stack, unstack': () => [tf.stack([x([3]), x([3], 2)], 1), ...tf.unstack(x([3, 2]), 1)],
    split: () => tf.split(x([3, 6]), [1, 2, 3], 1),
    gather: () => tf.gather(x([5, 3]), ints([4, 0, 0]), 0),
    'gatherND, scatterND': () => [
      tf.gatherND(x([3, 2]), ints([1, 0, 2, 1], [2, 2])),
      tf.scatterND(ints([1, 3], [2, 1]), x([2]), [5]),
    ],
    'slice, stridedSlice, reverse': () => [
      x([4, 5]).slice([1, 1], [2, 3]),
      tf.stridedSlice(x([4, 5]), [0, 4], [4, 0], [2, -2]),
      x([4, 5]).reverse(1),
    ],
    'pad, mirrorPad, tile': () => [
      x([2, 3]).pad(
        [
          [1, 1],
          [0, 2],
        ],
        3,
      ),
      tf.mirrorPad(
        x([2, 3]),
        [
          [1, 1],
          [0, 2],
        ],
        'reflect',
      ),
      x([2, 3]).tile([2, 2]),
    ],
    transpose: () => x([2, 3, 4]).transpose([2, 0, 1]),
    pooling: () => tf.avgPool(x([1, 6, 6, 2]) as tf.Tensor4D, 2, 2, 'same'),
    'rfft, irfft': () => {
      const spectrum = tf.spectral.rfft(x([2, 16]));
      return [tf.real(spectrum), tf.imag(spectrum), tf.abs(spectrum), tf.spectral.irfft(spectrum)];
    },
    stft: () => tf.abs(tf.signal.stft(x([64]) as tf.Tensor1D, 16, 4)),
    complex: () => {
      const sum = complex([2, 3]).add(complex([2, 3]));
      return [tf.real(sum), tf.imag(sum), complex([2, 2]), complex([4]).reshape([2, 2])];
    },
    'complex, joined': () => [tf.imag(tf.concat([complex([2, 3]), complex([2, 1])], 1))],
    strings: () => [
      tf.tensor(['a', 'ü', 'c']).slice(1, 2),
      tf.concat([tf.tensor(['a']), tf.tensor(['b'])]),
      tf.tensor(['a', 'b', 'c', 'd']).reshape([2, 2]).tile([1, 2]),
      tf.string.stringSplit(tf.tensor(['a b', 'c']) as tf.Tensor1D, ' ').values,
      tf.fill([2], 'x' as unknown as number, 'string' as 'float32'),
    ],
    casts: () => [
      x([4]).mul(10).cast('int32'),
      flags([1, 0, 1]).cast('float32'),
      ints([1, 0]).cast('bool'),
      ints([1, 2]).cast('complex64'),
      x([4]).cast('float32'),
    ],
    booleans: () => [
      flags([1, 0]).logicalAnd(flags([1, 1])),
      flags([1, 0]).logicalNot(),
      flags([1, 0]).any(),
    ],
    integers: () => [
      ints([7, 8]).add(ints([1, 2])),
      ints([7, 8]).floorDiv(ints([2, 3])),
      ints([1, 2]).sum(),
    ],
    'fill, zeros, ones, range': () => [
      tf.fill([2, 2], 3),
      tf.fill([2], 3, 'int32'),
      tf.zerosLike(x([3])),
      tf.onesLike(ints([3])),
      tf.range(0, 5),
      tf.linspace(0, 1, 4),
    ],
    'topk, sort of': () => {
      const { values, indices } = tf.topk(x([2, 6]), 3);
      return [values, indices];
    },
    nms: () => tf.image.nonMaxSuppression(x([4, 4]) as tf.Tensor2D, x([4], 2) as tf.Tensor1D, 3),
    'einsum, norm': () => [tf.einsum('ij,jk->ik', x([2, 3]), x([3, 2], 2)), tf.norm(x([5]))],
    gradients: () => {
      const f = (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b).tanh().sum() as tf.Scalar;
      return tf.grads(f)([x([3, 4]), x([4, 2], 2)]);
    },
  };

  it.each(Object.keys(SAMPLE))('%s', async (name) => {
    await expectAsOnCpu(SAMPLE[name]!, { relative: 2e-6 });
  });

  it('where, which tells its size only afterwards', async () => {
    const on = async (name: string) => {
      await tf.setBackend(name);
      const condition = flags([0, 1, 1]);
      const places = await tf.whereAsync(condition);
      const result = places.arraySync();
      tf.dispose([condition, places]);
      return result;
    };
    expect(await on(BACKEND_NAME)).toEqual(await on('cpu'));
  });
});

describe('memory that runs out', () => {
  afterEach(() => {
    vi.restoreAllMocks();
  });

  it('in the middle of an operation: nothing stays of it', () => {
    const x = inHeap(tf.randomNormal([2, 200, 8]));
    const dy = inHeap(tf.randomNormal([2, 200, 8]));
    const attributes = { stride: 1, dilation: 1, groups: 1, padLeft: 2, padRight: 2 };
    const gradient = () =>
      tf
        .engine()
        .runKernel(
          CONV1D_BACKPROP_FILTER,
          { x, dy },
          { ...attributes, kernelSize: 5, preActivationSlope: 0.1 },
        ) as tf.Tensor;
    // Its scratch stays the runtime's.
    const expected = gradient();
    const before = held();
    const { heap } = backend().runtime;
    const allocate = heap.allocate.bind(heap);
    let failures = 0;
    for (let most = 0; ; most++) {
      let calls = 0;
      vi.spyOn(heap, 'allocate').mockImplementation((bytes) => {
        if (calls++ === most) throw new OutOfMemoryError('no more');
        return allocate(bytes);
      });
      let y: tf.Tensor;
      try {
        y = gradient();
      } catch (error) {
        expect(isOutOfMemory(error)).toBe(true);
        expect(held()).toEqual(before);
        failures++;
        continue;
      }
      expect(y.dataSync()).toEqual(expected.dataSync());
      y.dispose();
      break;
    }
    // The output, both sides as they are laid out, the scheme's matrix.
    expect(failures).toBe(4);
    tf.dispose([x, dy, expected]);
  });
});
