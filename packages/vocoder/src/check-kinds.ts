import type { Engine, EngineFactory } from './engine.js';

// Types let none of what is refused here through; who writes JavaScript is told what to hand in instead.

/** What may be handed to all that waits or speaks. */
interface CommonOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: unknown;
}

/** @throws TypeError where options are none, or hold something of another kind */
export function checkOptions(what: string, options: CommonOptions): void {
  if (typeof options !== 'object' || options === null) {
    throw new TypeError(
      `${what}: options=${String(options)} must be an object, because each option has a name; leave it out where there is none`,
    );
  }
  const { signal, onProgress } = options;
  if (signal !== undefined && typeof signal?.throwIfAborted !== 'function') {
    throw new TypeError(
      `${what}: signal must be an AbortSignal, because it is asked whether to go on; of an AbortController, hand in controller.signal`,
    );
  }
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new TypeError(
      `${what}: onProgress must be a function, because it is called with the frames that are done; leave it out where nobody is to be told`,
    );
  }
}

/** @throws TypeError */
export function checkEngineFactory(engine: EngineFactory): void {
  if (typeof engine === 'function') return;
  const given = typeof engine === 'string' ? `'${engine}'` : String(engine);
  throw new TypeError(
    `Vocoder.load: engine=${given} must be a function that makes an engine of a bundle, such as tfjsEngine; leave it out for the tfjs backend that is set, which tf.setBackend chooses`,
  );
}

/** @throws TypeError */
export function checkEngine(engine: Engine): void {
  const { description, generate, dispose } = engine ?? {};
  const missing = [
    typeof description !== 'string' && 'description, a text',
    typeof generate !== 'function' && 'generate(mel), a function',
    typeof dispose !== 'function' && 'dispose(), a function',
  ].filter((one) => one !== false);
  if (missing.length === 0) return;
  throw new TypeError(
    `Vocoder.load: engine made something that lacks ${missing.join(', and ')}, and must make { description, generate, dispose }, because the vocoder asks for them; correct the function`,
  );
}
