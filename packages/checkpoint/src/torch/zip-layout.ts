import { MemoryBudget } from '../memory-budget.js';
import { type Reading, range } from '../reading.js';
import { locateMember, readZipDirectory, type ZipMember } from '../zip/zip-directory.js';
import { readMember } from '../zip/zip-member.js';
import { KnownGlobals } from './known-globals.js';
import type { PickledStorage } from './pickled.js';
import { storageOf } from './storage-id.js';
import type { LayoutOptions, TorchLayout } from './torch-file.js';
import { unpickle } from './unpickle.js';

/**
 * The layout of PyTorch 1.6 and later: a zip file of `NAME/data.pkl`, `NAME/data/KEY` for each storage, and, since 2.1,
 * `NAME/byteorder`.
 */
export function* readZipLayout(options: LayoutOptions): Reading<TorchLayout> {
  const { size, fail, placeholders, inParts } = options;
  const budget = new MemoryBudget(size, fail);
  const members = yield* readZipDirectory(size, fail);
  const root = rootOf(members, options);
  const read = (member: ZipMember) => readMember(member, { size, budget, fail });
  const order = members.get(`${root}byteorder`);
  const byteOrder = order ? new TextDecoder().decode(yield* read(order)) : 'little';
  if (byteOrder !== 'little' && byteOrder !== 'big') {
    throw fail(`its byte order is ${byteOrder.slice(0, 20)}: it is damaged`);
  }
  const globals = new KnownGlobals({ budget, fail }, placeholders);
  const pickle = yield* read(members.get(`${root}data.pkl`)!);
  const { value } = unpickle(pickle, 0, {
    call: globals.call,
    build: globals.build,
    persistent: (id) => storageOf(id, fail).storage,
    budget,
    fail,
  });

  /** Members that were read whole: their checksum is right. Of stored ones a view, where the file is in memory. */
  const whole = new Map<ZipMember, Uint8Array>();
  const inflated = new Set<ZipMember>();
  const readWhole = function* (member: ZipMember): Reading<Uint8Array> {
    const known = whole.get(member);
    if (known) return known;
    // Of a file that is read in parts nothing is to be kept but what the next may share; and what it costs is known.
    if (inParts) whole.clear();
    const again = inflated.has(member) ? new MemoryBudget(size, fail) : budget;
    const bytes = yield* readMember(member, { size, budget: again, fail });
    inflated.add(member);
    whole.set(member, bytes);
    return bytes;
  };
  const readStorage: TorchLayout['readStorage'] = function* (storage, start, end) {
    const member = memberOf(members, root, storage, fail);
    if (end > member.size) {
      throw fail(
        `storage ${storage.key} has ${member.size} bytes and should have ${end}: it is damaged`,
      );
    }
    if (!inParts || member.method !== 0) return (yield* readWhole(member)).subarray(start, end);
    if (start === 0 && end === member.size) return yield* read(member);
    const from = yield* locateMember(member, size, fail);
    return yield* range(from + start, from + end);
  };
  return { root: value, budget, isBigEndian: byteOrder === 'big', readStorage };
}

/** The folder that all is in, with its slash. */
function rootOf(members: ReadonlyMap<string, ZipMember>, { fail }: LayoutOptions): string {
  const names = [...members.keys()];
  const pickles = names.filter((name) => /(^|\/)data\.pkl$/.test(name));
  if (pickles.length !== 1) {
    const held = names.slice(0, 3).join(', ');
    throw fail(
      pickles.length === 0
        ? `it is a zip file that PyTorch did not write (of ${held || 'nothing'})`
        : `it is a zip file of several pickles (${pickles.slice(0, 3).join(', ')})`,
    );
  }
  const root = pickles[0].slice(0, -'data.pkl'.length);
  if (names.some((name) => name === `${root}constants.pkl` || name.startsWith(`${root}code/`))) {
    throw fail(
      'it is a program of TorchScript (torch.jit.save), of which weights are only a part; save those alone in Python: torch.save({"generator": torch.jit.load(path).state_dict()}, path)',
    );
  }
  return root;
}

function memberOf(
  members: ReadonlyMap<string, ZipMember>,
  root: string,
  { key }: PickledStorage,
  fail: LayoutOptions['fail'],
): ZipMember {
  const member = members.get(`${root}data/${key}`);
  if (!member) throw fail(`storage ${key.slice(0, 80)} is not there: it is damaged`);
  return member;
}
