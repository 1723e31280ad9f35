import { fail } from './audio-error.js';

/** What the libraries have in common. */
interface Decoder {
  readonly ready: Promise<void>;
  free(): void;
}

interface Decoded {
  readonly channelData: Float32Array[];
  readonly samplesDecoded: number;
  readonly errors: readonly { readonly message: string }[];
}

/** A decoder of a library, for who frees it whatever happens. */
export interface OpenDecoder<D> {
  /**
   * @param use must do its work before it first waits
   * @returns what was decoded, without any error
   * @throws Problem with what the library says
   */
  decode<T extends Decoded>(use: (decoder: D) => T | Promise<T>): Promise<T>;
  /** Any number of times. */
  free(): void;
}

/** @throws Problem where it cannot be made */
export async function openDecoder<D extends Decoder>(make: () => D): Promise<OpenDecoder<D>> {
  await requireWebAssembly();
  const made = await refusing(async () => {
    const decoder = make();
    await decoder.ready.catch((error: unknown) => {
      release(decoder);
      throw error;
    });
    return decoder;
  });
  let freed = false;
  return {
    async decode(use) {
      const decoded = await refusing(() => heedingConsole(() => use(made)));
      if (decoded.errors.length > 0) return fail(damaged(decoded.errors[0].message));
      return decoded;
    },
    free() {
      if (!freed) release(made);
      freed = true;
    },
  };
}

async function refusing<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    return fail(damaged((error as Error).message));
  }
}

/** The smallest module: its mark and its version. */
const EMPTY_MODULE = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

/** Where a page forbids WebAssembly, the libraries wait for ever. */
async function requireWebAssembly(): Promise<void> {
  try {
    await WebAssembly.compile(EMPTY_MODULE);
  } catch (error) {
    fail(
      `it cannot be decoded here, because WebAssembly does not work (${(error as Error).message}); a page's Content-Security-Policy must have 'wasm-unsafe-eval'. WAV files need none`,
    );
  }
}

/**
 * The libraries print what goes wrong and go on, by their sources with memory that is freed twice, or for ever; what
 * they print ends the work instead, and stays off the console. Only for the synchronous part of the work, so that
 * nobody else's words are taken for theirs.
 */
function heedingConsole<T>(work: () => T): T {
  const { error } = console;
  console.error = (...words: unknown[]) => {
    throw new Error(words.join(' '));
  };
  try {
    return work();
  } finally {
    console.error = error;
  }
}

/** A decoder that failed half-way may fail in this as well; its memory goes with the object. */
function release(decoder: Decoder): void {
  try {
    decoder.free();
  } catch {
    // Nothing is left to do.
  }
}

function damaged(message: string): string {
  const words = message.replaceAll(/\s+/g, ' ').trim();
  return `it is damaged: its decoder says "${words}". Copy it again, or leave it out`;
}
