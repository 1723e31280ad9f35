export { MelError, melDoubt, melFromArray, melToArray } from './mel-array.js';
