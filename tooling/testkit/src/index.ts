export type { Difference, Tolerance } from './closeness.js';
export { difference, expectClose } from './closeness.js';
export type { Golden } from './golden.js';
export { golden } from './golden.js';
export { fnv1a, hashedUniform } from './hashed-uniform.js';
export type { Availability } from './native.js';
export { requireNative } from './native.js';
