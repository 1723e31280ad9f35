import { describe, expect, it } from 'vitest';
import { checkMel, MelError, melFromArray, melToArray } from './mel-array.js';

const array = (shape: number[], data = new Float32Array(shape.reduce((a, b) => a * b, 1))) => ({
  shape,
  data,
});

describe('melFromArray', () => {
  it('puts frames first', () => {
    const stored = array([2, 3], Float32Array.of(1, 2, 3, 4, 5, 6));
    const mel = melFromArray(stored, 2);
    expect(mel).toEqual({ data: Float32Array.of(1, 4, 2, 5, 3, 6), frames: 3, mels: 2 });
    expect(melFromArray({ ...stored, shape: [1, 2, 3] }, 2)).toEqual(mel);
    expect(melFromArray({ shape: [2, 3], data: Float64Array.from(stored.data) }, 2)).toEqual(mel);
    expect(melToArray(mel)).toEqual(stored);
  });

  it('recognises swapped axes, other numbers of bands, batches and emptiness', () => {
    const reading = (shape: number[]) => () => melFromArray(array(shape), 80, 'a.npy');
    expect(reading([172, 80])).toThrow(
      'a.npy: shape [172, 80] must be [80, frames], and its axes are swapped; save it transposed: numpy.save(path, array.T)',
    );
    expect(reading([1, 172, 80])).toThrow(/axes are swapped/);
    expect(reading([100, 172])).toThrow(/has 100 mel bands and must have 80/);
    expect(reading([2, 80, 172])).toThrow(/store each mel in a file of its own/);
    expect(reading([80])).toThrow(/must be \[80, frames\]/);
    expect(reading([80, 0])).toThrow(/has no frames/);
    expect(reading([172, 80])).toThrow(MelError);
    expect(melFromArray(array([80, 80]), 80).frames).toBe(80);
  });

  it('refuses values that are not numbers, and whole numbers', () => {
    const data = new Float32Array(160).fill(-3);
    data[81] = Number.NaN;
    expect(() => melFromArray({ shape: [2, 80], data }, 2, 'a.npy')).toThrow(
      'a.npy: the value at band 1, frame 1 is NaN',
    );
    expect(() => melFromArray({ shape: [1, 2], data: new Int32Array(2) }, 1)).toThrow(
      /floating-point/,
    );
  });
});

describe('checkMel', () => {
  it.each([
    [1.5, 120],
    [0, 0],
    [-1, 80],
    [Number.NaN, 80],
    ['2', 160],
    [2, 80],
  ])('refuses %s frames of %i values', (frames, values) => {
    const mel = { data: new Float32Array(values), frames: frames as number, mels: 80 };
    const check = () => checkMel(mel, 80, 'mels[3]');
    expect(check).toThrow(MelError);
    expect(check).toThrow(
      `mels[3]: shape [frames=${frames}, mels=80] must have at least one frame, only whole ones, and as many values as that; it has ${values}`,
    );
  });

  it('takes whole frames', () => {
    expect(() => checkMel({ data: new Float32Array(160), frames: 2, mels: 80 }, 80)).not.toThrow();
  });
});
