import { afterAll, beforeAll, describe } from 'vitest';
import { requireNative } from './native.js';

/** A tfjs backend that suites run on. */
export interface TestBackend {
  readonly name: string;
  /** What it needs of the machine, and why that is not there: then its suites are skipped. */
  readonly needs?: { readonly what: string; readonly missing: () => string | undefined };
  /** Makes it the active one. */
  readonly activate: () => Promise<unknown>;
  /** Whether tensors can be read by `await data()` alone, as on a GPU of WebGPU. */
  readonly readsLater?: boolean;
}

/** What a suite says of itself. */
export interface SuiteOptions {
  /** Whether it awaits all that it reads, so that it runs on backends that cannot be read at once, too. */
  readonly awaitsReads?: boolean;
  /** Names of the backends that it is for; default: all. */
  readonly only?: readonly string[];
}

let chosen: readonly TestBackend[] | undefined;

/** For a setup file of vitest: where {@link describeOnBackends} runs its suites instead. */
export function runSuitesOn(backends: readonly TestBackend[]): void {
  chosen = backends;
}

/**
 * Runs a suite on each backend.
 *
 * @param numTensors tells how many there are; a suite must leave as many as it found
 */
export function describeOnBackends(
  backends: readonly TestBackend[],
  suite: (backend: string) => void,
  numTensors: () => number,
  { awaitsReads = false, only }: SuiteOptions = {},
): void {
  for (const { name, needs, activate, readsLater } of chosen ?? backends) {
    if ((readsLater && !awaitsReads) || only?.includes(name) === false) continue;
    const available = !needs || requireNative(needs.what, needs.missing).available;
    describe.skipIf(!available)(`on ${name}`, () => {
      let held = 0;
      beforeAll(async () => {
        await activate();
        held = numTensors();
      });
      suite(name);
      afterAll(() => {
        const left = numTensors() - held;
        if (left !== 0) throw new Error(`${left} tensors were left behind on ${name}`);
      });
    });
  }
}
