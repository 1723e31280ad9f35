import { readdirSync, readFileSync } from 'node:fs';
import { getHeapStatistics } from 'node:v8';
import { deflateSync, gzipSync } from 'fflate';
import { sourceOfBytes } from '../byte-source.js';
import type { LazyArrays } from '../lazy-arrays.js';
import { MemoryBudget, memoryBound } from '../memory-budget.js';
import { FormatError } from '../named-array.js';
import { openNpzArrays, readNpz } from '../npz.js';
import { readFromBytes } from '../reading.js';
import { openSafetensors, readSafetensors, safetensorsHeaderEnd } from '../safetensors.js';
import { openTar } from '../tar/open-tar.js';
import { openTorch } from '../torch/open-torch.js';
import { readTorch } from '../torch/read-torch.js';
import { joinPieces, zipPieces } from '../zip/write-zip.js';
import { readZipDirectory } from '../zip/zip-directory.js';
import { readMember } from '../zip/zip-member.js';
import { Dice } from './dice.js';
import { HOSTILE_FILES } from './hostile-files.js';
import { mutated } from './mutate.js';
import { latin } from './pickle-text.js';
import { paxRecord, tarOf } from './tar-text.js';

export interface FuzzResult {
  /** Inputs that were read in spite of what was done to them. */
  readonly read: number;
  /** Inputs that ended in a FormatError which names the file. */
  readonly refused: number;
  /** What else happened, with the number of the input. */
  readonly failures: readonly string[];
  /** The longest that one took, in milliseconds of CPU time, which a busy machine does not change. */
  readonly slowest: number;
  /** Most bytes by which arrays and the heap grew over one input. */
  readonly mostMemory: number;
  /** What the largest of the inputs was allowed. */
  readonly allowed: number;
}

/**
 * Reads files that were made hostile, and looks at how that ends.
 *
 * @param seed the same seed makes the same inputs
 */
export async function fuzz(seed: number, count: number): Promise<FuzzResult> {
  const dice = new Dice(seed);
  const files = corpus();
  const failures: string[] = [];
  let [read, refused, slowest, mostMemory, allowed] = [0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) {
    const file = makeInput(files, dice);
    const readIt = dice.pick(READERS[file.format]);
    const most = memoryBound(file.bytes.length);
    const before = memory();
    const start = process.cpuUsage();
    try {
      await readIt(file.bytes, dice);
      read++;
    } catch (error) {
      if (error instanceof FormatError && /^x: .{10}/s.test(error.message)) refused++;
      else failures.push(`seed ${seed}, input ${i}: ${error}`);
    }
    const { user, system } = process.cpuUsage(start);
    slowest = Math.max(slowest, (user + system) / 1000);
    const grown = memory() - before;
    if (grown > most) failures.push(`seed ${seed}, input ${i}: took ${grown} bytes of ${most}`);
    mostMemory = Math.max(mostMemory, grown);
    allowed = Math.max(allowed, most);
  }
  return { read, refused, failures, slowest, mostMemory, allowed };
}

function memory(): number {
  const { used_heap_size: heap, external_memory: arrays } = getHeapStatistics();
  return heap + arrays;
}

type Format = keyof typeof HOSTILE_FILES;
type Reader = (bytes: Uint8Array, dice: Dice) => unknown;

const READERS: Readonly<Record<Format, readonly Reader[]>> = {
  torch: [
    (bytes) => readTorch(bytes, 'x'),
    (bytes) => readTorch(bytes, 'x', { unknown: 'placeholder' }),
    async (bytes, dice) => {
      const unknown = dice.pick(['refuse', 'placeholder'] as const);
      await readSome(await openTorch(sourceOfBytes(bytes), 'x', { unknown }), dice);
    },
  ],
  npz: [
    (bytes) => readNpz(bytes, 'x'),
    async (bytes) => {
      const { arrays } = await openNpzArrays(sourceOfBytes(bytes), 'x');
      for (const array of [...arrays.values()].slice(0, 8)) await array.read();
    },
  ],
  tar: [
    async (bytes, dice) => {
      const keep = dice.pick([() => true, (name: string) => name.endsWith('.yaml')]);
      const files = await openTar(sourceOfBytes(bytes), 'x', { keep });
      for (const file of [...files.values()].slice(0, 8)) await file.read(0, file.size);
    },
  ],
  safetensors: [
    (bytes) => readSafetensors(bytes, 'x'),
    async (bytes, dice) => readSome(await openSafetensors(sourceOfBytes(bytes), 'x'), dice),
  ],
};

/** Arrays of a file of which not all is read: some, some of them twice. */
async function readSome(file: LazyArrays, dice: Dice): Promise<void> {
  const names = [...file.arrays.keys()];
  for (let times = Math.min(names.length, 8); times > 0; times--) await file.read(dice.pick(names));
}

interface CorpusFile {
  readonly bytes: Uint8Array;
  readonly format: Format;
  /** Of a file of parts those, so that contents can be changed behind right lengths and checksums. */
  readonly members: readonly (readonly [string, Uint8Array])[];
}

function corpus(): readonly CorpusFile[] {
  const folder = new URL('../fixtures/', import.meta.url);
  const names = readdirSync(folder).filter((name) => /\.(pth|npz|safetensors)$/.test(name));
  const files = names.sort().map((name): CorpusFile => {
    const bytes = new Uint8Array(readFileSync(new URL(name, folder)));
    if (name.endsWith('.safetensors')) {
      const end = safetensorsHeaderEnd(bytes);
      const members = [['header', bytes.slice(8, end)] as const, ['', bytes.slice(end)] as const];
      return { bytes, format: 'safetensors', members };
    }
    return { bytes, format: name.endsWith('npz') ? 'npz' : 'torch', members: membersOf(bytes) };
  });
  return [...files, ...archives(files[0].bytes)];
}

/** A `.nemo`, with gzip and without. */
function archives(checkpoint: Uint8Array): readonly CorpusFile[] {
  const tar = tarOf([
    { name: './', type: '5' },
    { name: './model_config.yaml', bytes: latin('sample_rate: 22050\n') },
    { name: 'x', type: 'x', bytes: latin(paxRecord('path', './model_weights.ckpt')) },
    { name: 'short', bytes: checkpoint },
  ]);
  return [tar, gzipSync(tar)].map((bytes) => ({ bytes, format: 'tar', members: [] }));
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

type Input = Pick<CorpusFile, 'bytes' | 'format'>;

function makeInput(files: readonly CorpusFile[], dice: Dice): Input {
  const others = files.map((file) => file.bytes);
  if (dice.below(6) === 0) {
    const format = dice.pick(['torch', 'torch', 'torch', 'npz', 'safetensors', 'tar'] as const);
    const bytes = HOSTILE_FILES[format](dice);
    return { format, bytes: dice.below(6) === 0 ? mutated(bytes, others, dice) : bytes };
  }
  const { bytes, format, members } = dice.pick(files);
  if (members.length === 0 || dice.below(3) === 0)
    return { bytes: mutated(bytes, others, dice), format };
  // One member changed, rather what says how to read the others than they; the file around it whole.
  const leading = members.findIndex(([name]) => name.endsWith('.pkl') || name === 'header');
  const chosen = leading >= 0 && dice.below(4) > 0 ? leading : dice.below(members.length);
  const changed = members.map(([, contents], i) =>
    i === chosen ? mutated(contents, others, dice) : contents,
  );
  const joined = format === 'safetensors' ? withLength(changed) : zipped(members, changed, dice);
  return { bytes: dice.below(8) === 0 ? mutated(joined, others, dice) : joined, format };
}

/** A header and what follows it, with its length before. */
function withLength([header, ...rest]: readonly Uint8Array[]): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setUint32(0, header.length, true);
  return joinPieces([length, header, ...rest]);
}

/** At times packed. */
function zipped(
  members: CorpusFile['members'],
  contents: readonly Uint8Array[],
  dice: Dice,
): Uint8Array {
  const pack = dice.below(8) === 0;
  const entries = members.map(([name], i) => {
    const bytes = contents[i];
    return { name, bytes, ...(pack && { packed: deflateSync(bytes) }) };
  });
  return joinPieces(zipPieces(entries));
}
