import * as ops from '@hifigan/ops';
import { expect, it } from 'vitest';
import { SUITES } from './kernel-suite.js';

it('has the tests of each kernel that ops names', () => {
  const names = Object.values(ops).filter((one) => typeof one === 'string');
  expect(names.length).toBeGreaterThan(0);
  expect(Object.keys(SUITES).sort()).toEqual(names.sort());
});
