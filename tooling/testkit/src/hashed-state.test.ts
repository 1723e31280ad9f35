import { expect, test } from 'vitest';
import { hashedState } from './hashed-state.js';
import { hashedUniform } from './hashed-uniform.js';

const shapes = new Map([
  ['a.bias', [2]],
  ['a.weight_g', [2, 1, 1]],
  ['a.weight_v', [2, 3, 3]],
  ['b.bias', [2]],
  ['b.weight_orig', [2, 4, 1]],
  ['b.weight_u', [2]],
  ['b.weight_v', [4]],
]);

test('bounds weights and biases by the fan in of their layer', () => {
  const state = hashedState(shapes, { prefix: 'p.', gain: 1.5 });
  expect(state.get('a.weight_v')).toEqual(hashedUniform('p.a.weight_v', [2, 3, 3], 0.5));
  expect(state.get('a.bias')).toEqual(hashedUniform('p.a.bias', [2], 0.5));
  expect(state.get('b.weight_orig')).toEqual(hashedUniform('p.b.weight_orig', [2, 4, 1], 0.75));
  expect([...state.keys()]).toEqual([...shapes.keys()]);
});

// The same literals stand in tooling/reference-python/tests/test_hashed_state.py.
test('gives the norms that the Python twin gives', () => {
  const state = hashedState(shapes);
  expect([...state.get('a.weight_g')!]).toEqual([0.5851338505744934, 0.5462380647659302]);
  expect([...state.get('b.weight_u')!]).toEqual([0.7114368677139282, -0.702750027179718]);
  expect([...state.get('b.weight_v')!]).toEqual([
    0.17176933586597443, -0.7519070506095886, -0.6351211071014404, 0.04185990244150162,
  ]);
});
