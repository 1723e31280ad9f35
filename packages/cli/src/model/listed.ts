import { StateError } from '@hifigan/models';
import { UserError } from '../errors.js';

/** For `catch`: whoever hands a model on wants to see every array that has no place, not the first few. */
export function listed(error: unknown): never {
  throw error instanceof StateError ? new UserError(error.listing, { cause: error }) : error;
}
