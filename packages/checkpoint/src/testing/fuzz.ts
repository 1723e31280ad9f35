import { readdirSync, readFileSync } from 'node:fs';
import { deflateSync } from 'fflate';
import { MemoryBudget, memoryBound } from '../memory-budget.js';
import { FormatError } from '../named-array.js';
import { readNpz } from '../npz.js';
import { readFromBytes } from '../reading.js';
import { readTorch } from '../torch/read-torch.js';
import { joinPieces, zipPieces } from '../zip/write-zip.js';
import { readZipDirectory } from '../zip/zip-directory.js';
import { readMember } from '../zip/zip-member.js';
import { Dice } from './dice.js';
import { mutated } from './mutate.js';

export interface FuzzResult {
  /** Inputs that were read in spite of what was done to them. */
  readonly read: number;
  /** Inputs that ended in a FormatError which names the file. */
  readonly refused: number;
  /** What else happened, with the number of the input. */
  readonly failures: readonly string[];
  /** The longest that one took, in milliseconds of the clock. */
  readonly slowest: number;
  /** Most bytes by which arrays and the heap grew over one input, of every tenth. */
  readonly mostMemory: number;
  /** What the largest of the inputs was allowed. */
  readonly allowed: number;
}

/**
 * Reads files that were made hostile, and looks at how that ends.
 *
 * @param seed the same seed makes the same inputs
 */
export function fuzz(seed: number, count: number): FuzzResult {
  const dice = new Dice(seed);
  const files = corpus();
  const failures: string[] = [];
  let [read, refused, slowest, mostMemory, allowed] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const file = makeInput(files, dice);
    const unknown = dice.pick(['refuse', 'placeholder'] as const);
    // Asking takes as long as reading.
    const isMeasured = i % 10 === 0;
    const before = isMeasured ? memory() : 0;
    const start = performance.now();
    try {
      if (file.isNpz) readNpz(file.bytes, 'x.npz');
      else readTorch(file.bytes, 'x.pth', { unknown });
      read++;
    } catch (error) {
      if (error instanceof FormatError && /^x\.(pth|npz): .{10}/s.test(error.message)) refused++;
      else failures.push(`seed ${seed}, input ${i}: ${error}`);
    }
    slowest = Math.max(slowest, performance.now() - start);
    if (isMeasured) mostMemory = Math.max(mostMemory, memory() - before);
    allowed = Math.max(allowed, memoryBound(file.bytes.length));
  }
  return { read, refused, failures, slowest, mostMemory, allowed };
}

function memory(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

interface CorpusFile {
  readonly bytes: Uint8Array;
  readonly isNpz: boolean;
  /** Of a zip file its members, so that contents can be changed behind a right checksum. */
  readonly members: readonly (readonly [string, Uint8Array])[];
}

function corpus(): readonly CorpusFile[] {
  const folder = new URL('../fixtures/', import.meta.url);
  const names = readdirSync(folder).filter((name) => /\.(pth|npz)$/.test(name));
  return names.sort().map((name) => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    return { bytes, isNpz: name.endsWith('npz'), members: membersOf(bytes) };
  });
}

function membersOf(bytes: Uint8Array): (readonly [string, Uint8Array])[] {
  if (bytes[0] !== 0x50) return [];
  const fail = (what: string) => new FormatError(what);
  const size = bytes.length;
  const budget = new MemoryBudget(size, fail);
  const directory = readFromBytes(readZipDirectory(size, fail), bytes);
  return [...directory.values()].map((member) => [
    member.name,
    readFromBytes(readMember(member, { size, budget, fail }), bytes),
  ]);
}

function makeInput(
  files: readonly CorpusFile[],
  dice: Dice,
): { readonly bytes: Uint8Array; readonly isNpz: boolean } {
  const { bytes, isNpz, members } = dice.pick(files);
  const others = files.map((file) => file.bytes);
  if (members.length === 0 || dice.below(3) === 0)
    return { bytes: mutated(bytes, others, dice), isNpz };
  // One member changed, rather the pickle than a storage; the zip around it whole, packed at times.
  const pickle = members.findIndex(([name]) => name.endsWith('.pkl'));
  const chosen = pickle >= 0 && dice.below(4) > 0 ? pickle : dice.below(members.length);
  const pack = dice.below(8) === 0;
  const entries = members.map(([name, contents], i) => {
    const changed = i === chosen ? mutated(contents, others, dice) : contents;
    return { name, bytes: changed, ...(pack && { packed: deflateSync(changed) }) };
  });
  const zipped = joinPieces(zipPieces(entries));
  return { bytes: dice.below(8) === 0 ? mutated(zipped, others, dice) : zipped, isNpz };
}
