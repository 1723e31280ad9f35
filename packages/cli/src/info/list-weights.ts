import { readSafetensors, safetensorsHeaderEnd } from '@hifigan/checkpoint';
import type { InputFile } from '../files/input-file.js';

/** What a file of weights holds, without its values. */
export interface ListedWeights {
  readonly arrays: ReadonlyMap<string, { readonly shape: readonly number[] }>;
  readonly metadata: Readonly<Record<string, string>>;
  /** As safetensors spells them: F32, F16. */
  readonly types: readonly string[];
  /** Names of arrays with values that are no numbers. */
  readonly notFinite: readonly string[];
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** Bytes that are looked at together, so that a file of any size needs no more. */
const PIECE = 1 << 22;

/** Of floating-point types: their bytes, and in which bits an exponent of ones means that it is no number. */
const EXPONENTS: Readonly<Record<string, { readonly bytes: 2 | 4 | 8; readonly mask: number }>> = {
  F16: { bytes: 2, mask: 0x7c00 },
  BF16: { bytes: 2, mask: 0x7f80 },
  F32: { bytes: 4, mask: 0x7f800000 },
  // Of the upper half.
  F64: { bytes: 8, mask: 0x7ff00000 },
};

/**
 * Lists a safetensors file by its header, and looks for values that are no numbers, a few megabytes at a time.
 *
 * @throws FormatError where it is damaged
 */
export async function listWeights(file: InputFile): Promise<ListedWeights> {
  const listed = await entriesOf(file);
  if (!listed) {
    // The reader of the whole says what is wrong with it.
    const { arrays, metadata } = readSafetensors(await file.bytes(), file.typed);
    return { arrays, metadata, types: [], notFinite: [] };
  }
  const { entries, metadata, body } = listed;
  const notFinite: string[] = [];
  for (const [name, { dtype, data_offsets: offsets }] of entries) {
    const exponent = EXPONENTS[dtype];
    if (!exponent) continue;
    const range = [body + offsets[0], body + offsets[1]] as const;
    if (await holdsNoNumber(file, range, exponent)) notFinite.push(name);
  }
  const types = [...new Set(entries.map(([, { dtype }]) => dtype))];
  return { arrays: new Map(entries), metadata, types, notFinite };
}

async function entriesOf(file: InputFile) {
  try {
    const body = safetensorsHeaderEnd(await file.read(0, 8));
    if (body > file.size) return undefined;
    const header: Record<string, Entry> = JSON.parse(
      new TextDecoder('utf-8', { fatal: true }).decode(await file.read(8, body)),
    );
    const { __metadata__: metadata = {}, ...rest } = header;
    const entries = Object.entries(rest);
    const whole = entries.every(
      ([
        ,
        {
          dtype,
          shape,
          data_offsets: [start, end],
        },
      ]) => {
        const values = shape.reduce((product, length) => product * length, 1);
        const width = WIDTHS[dtype];
        return start >= 0 && end - start === values * width && body + end <= file.size;
      },
    );
    const texts = Object.entries(metadata).map(([key, text]) => [key, String(text)] as const);
    return whole ? { entries, metadata: Object.fromEntries(texts), body } : undefined;
  } catch {
    return undefined;
  }
}

const WIDTHS: Readonly<Record<string, number>> = { F64: 8, F32: 4, F16: 2, I64: 8, I32: 4, U8: 1 };

async function holdsNoNumber(
  file: InputFile,
  [start, end]: readonly [number, number],
  { bytes: width, mask }: (typeof EXPONENTS)[string],
): Promise<boolean> {
  for (let at = start; at < end; at += PIECE) {
    const bytes = await file.read(at, Math.min(end, at + PIECE));
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i + width <= bytes.length; i += width) {
      const bits = width === 2 ? view.getUint16(i, true) : view.getUint32(i + width - 4, true);
      if ((bits & mask) === mask) return true;
    }
  }
  return false;
}
