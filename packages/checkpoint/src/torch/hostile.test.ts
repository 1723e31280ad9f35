import { deflateSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { sourceOfBytes } from '../byte-source.js';
import { FormatError } from '../named-array.js';
import {
  call,
  int,
  latin,
  long,
  rawBytes,
  tensor,
  tuple,
  word,
  zipLayout,
  zipStorage,
} from '../testing/pickle-text.js';
import { joinPieces, zipPieces } from '../zip/write-zip.js';
import { openTorch } from './open-torch.js';
import { readTorch } from './read-torch.js';
import { unknownClasses } from './unknown-classes.js';

const refused = (bytes: Uint8Array, options = {}) => {
  try {
    readTorch(bytes, 'x.pth', options);
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
    return (error as FormatError).message;
  }
  throw new Error('it was read');
};

const floats = zipStorage('0', new Uint8Array(16));

describe('hostile and foreign files', () => {
  it('reads the file that the others are made from', () => {
    expect(readTorch(zipLayout(tensor(4, [2, 2], [2, 1]), [floats]))).toEqual({
      shape: [2, 2],
      data: new Float32Array(4),
    });
  });

  it.each([
    ['os.system', `cos\nsystem\n${tuple(word('true'))}R`],
    ['builtins.eval', `c__builtin__\neval\n${tuple(word('1'))}R`],
    ['torch.nn.modules.conv.Conv1d', 'ctorch.nn.modules.conv\nConv1d\n)\x81}b'],
    ['toString.constructor', `ctoString\nconstructor\n)R`],
  ])('names %s, which no weights are made of', (name, pickle) => {
    expect(refused(zipLayout(pickle))).toBe(
      `x.pth: not a readable PyTorch file: it holds an object made by ${name}, which is none of the data that checkpoints are made of, and nothing of it was run; save what is wanted of it alone: torch.save({"generator": model.state_dict()}, path).`,
    );
  });

  it('names what a pickle makes that torch.save did not write', () => {
    const bytes = latin(`\x80\x02cos\nsystem\n${tuple(word('true'))}R.`);
    expect(refused(bytes, { unknown: 'placeholder' })).toBe(
      'x.pth: not a readable PyTorch file: it is a pickle that torch.save did not write, an object made by os.system, and nothing of it was run; PyTorch would run it, unless it loads with weights_only=True; write weights with torch.save, and where the file is not trusted get another.',
    );
    expect(refused(bytes)).toMatch(/made by os\.system, .* nothing of it was run/);
  });

  it('keeps data of unknown classes as data, where it is told to', () => {
    const pickle = `comegaconf\nDictConfig\n)\x81}${word('rate')}${int(5)}sb`;
    expect(readTorch(zipLayout(pickle), 'x', { unknown: 'placeholder' })).toEqual(
      new Map<string, unknown>([
        ['__class__', 'omegaconf.DictConfig'],
        ['rate', 5],
      ]),
    );
    // What would be called beside tensors is as little called, and told by its name.
    const beside = `}${word('generator')}${tensor(4, [2, 2], [2, 1])}s${word('x')}cposix\nsystem\n${tuple(word('true'))}Rs`;
    const read = readTorch(zipLayout(beside, [floats]), 'x', { unknown: 'placeholder' });
    expect(unknownClasses(read)).toEqual(['posix.system']);
    expect(refused(zipLayout(beside, [floats]))).toMatch(/an object made by posix\.system/);
    expect(unknownClasses(new Map([['a', [1, new Map([['__class__', 'b.C']])]]]))).toEqual(['b.C']);
    const loop = `comegaconf\nDictConfig\n)\x81q\x01}${word('parent')}h\x01sb`;
    expect(readTorch(zipLayout(loop), 'x', { unknown: 'placeholder' })).toEqual(
      new Map([
        ['__class__', 'omegaconf.DictConfig'],
        ['parent', null],
      ]),
    );
  });

  it.each([
    ['a list in itself', ']q\x01h\x01a', /contains itself/],
    ['a dictionary in itself', `}q\x01${word('a')}h\x01s`, /contains itself/],
    ['lists in lists', `${'('.repeat(5000)}${'l'.repeat(5000)}`, /nested more than 100 deep/],
    [
      'a list of ten of the one before, thirty times',
      `]q\x00${'(h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00h\x00lq\x00'.repeat(30)}`,
      /repeat each other/,
    ],
    ['text longer than the file', 'X\xff\xff\xff\x7f', /cut off/],
    ['a tuple of nothing', 't', /ends what it did not begin/],
    ['a memo that is not there', 'h\x07', /refers to 7/],
    ['no opcode', '\xee', /no pickle has/],
    ['a thing with a state that has none', 'K\x01}b', /to what has none/],
    ['a module', `${tuple(word('module'), 'NN')}Q`, /a whole module .* code; save/],
    [
      'a storage of an unknown type',
      `${tuple(word('storage'), 'ctorch\nQInt8Storage\n', word('0'), word('cpu'), int(1))}Q`,
      /it holds a torch\.QInt8Storage; .*; save it in numbers instead, in Python: tensor\.dequantize\(\)\.$/,
    ],
    [
      'a storage of complex numbers',
      `${tuple(word('storage'), 'ctorch\nComplexFloatStorage\n', word('0'), word('cpu'), int(1))}Q`,
      /it holds a torch\.ComplexFloatStorage; .*torch\.view_as_real\(tensor\)/,
    ],
    [
      'a tensor of eight bits',
      `ctorch._utils\n_rebuild_tensor_v3\n${tuple(
        `${tuple(word('storage'), 'ctorch.storage\nUntypedStorage\n', word('0'), word('cpu'), int(16))}Q`,
        int(0),
        tuple(int(4)),
        tuple(int(1)),
        '\x89',
        'N',
        'ctorch\nfloat8_e4m3fn\n',
      )}R`,
      /a tensor of torch\.float8_e4m3fn; .*; save it as float32 instead, in Python: tensor\.float\(\)\.$/,
    ],
    [
      'a sparse tensor',
      `ctorch._utils\n_rebuild_sparse_tensor\n)R`,
      /sparse tensor; save it with \.to_dense/,
    ],
    ['a file within', `ctorch.storage\n_load_from_bytes\n)R`, /torch\.save/],
    [
      'a tensor past its storage',
      tensor(4, [2, 3], [2, 1]),
      /ends at byte 20 of a storage of 16|ends at byte/,
    ],
    ['a tensor far past it', tensor(4, [1], [1], 0x7fffffff), /ends at byte/],
    ['a storage that is longer than its file', tensor(5, [5], [1]), /storage 0 has 16 bytes/],
    [
      'one value repeated to gigabytes',
      tensor(4, [0x7fffffff], [0]),
      /unfolds to more than 67\d+ bytes/,
    ],
    [
      'shapes beyond all numbers',
      tensor(4, [0x7fffffff, 0x7fffffff, 0x7fffffff], [0, 0, 0]),
      /unfolds to more/,
    ],
    ['a negative shape', tensor(4, [-1], [1]), /the shape of an array is none/],
    [
      'one tensor made over and over',
      `(${tensor(4, [2 ** 20], [0]).repeat(40)}l`,
      /unfolds to more/,
    ],
    ['an integer of megabytes', '\x8b\x00\x00\x10\x00', /an integer of 1048576 bytes/],
  ])('refuses %s', (_, pickle, reason) => {
    expect(refused(zipLayout(pickle, [floats]))).toMatch(reason);
  });

  it('refuses containers out of proportion', () => {
    expect(refused(zipLayout('}0'.repeat(1_000_000)))).toMatch(/unfolds to more/);
  });

  it('refuses a zip bomb without unpacking it', () => {
    const bytes = new Uint8Array(100 * 2 ** 20);
    const bomb = { ...zipStorage('0', bytes), packed: deflateSync(bytes) };
    const start = process.memoryUsage().arrayBuffers;
    expect(refused(zipLayout(tensor(4, [2], [1]), [bomb]))).toMatch(/unfolds to more/);
    expect(process.memoryUsage().arrayBuffers - start).toBeLessThan(32 * 2 ** 20);
  });

  it('refuses a member that holds more than it says', () => {
    const packed = deflateSync(new Uint8Array(2 ** 20));
    const lying = { ...zipStorage('0', new Uint8Array(16)), packed };
    expect(refused(zipLayout(tensor(4, [2], [1]), [lying]))).toMatch(
      /holds more than the 16 bytes/,
    );
  });

  it('reads packed members', () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    const packed = { ...zipStorage('0', bytes), packed: deflateSync(bytes) };
    expect(readTorch(zipLayout(tensor(4, [4], [1]), [packed]))).toEqual({
      shape: [4],
      data: Float32Array.of(1, 2, 3, 4),
    });
  });

  it('turns the bytes of a big-endian machine around', () => {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setFloat32(0, 1.5, false);
    const order = { name: 'archive/byteorder', bytes: latin('big') };
    expect(readTorch(zipLayout(tensor(1, [1], [1]), [zipStorage('0', bytes), order]))).toEqual({
      shape: [1],
      data: Float32Array.of(1.5),
    });
  });

  it('refuses two members of one name, and members that overlap', () => {
    expect(refused(zipLayout('N', [floats, floats]))).toMatch(
      /two files of the name archive\/data\/0/,
    );
    const bytes = zipLayout('N', [floats, zipStorage('1', new Uint8Array(16))]);
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 6, true);
    // The second storage's entry says that it lies where the first does.
    const names = [...bytes.keys()].filter((at) => at >= directory && view.getUint8(at) === 0x50);
    const entries = names.filter(
      (at) => at + 46 < bytes.length && view.getUint32(at, true) === 0x02014b50,
    );
    view.setUint32(entries[2] + 42, view.getUint32(entries[1] + 42, true) + 4, true);
    expect(refused(bytes)).toMatch(/overlap/);
  });

  it('says what other files are', () => {
    const script = zipLayout('N', [{ name: 'archive/constants.pkl', bytes: latin('x') }]);
    expect(refused(script)).toMatch(/TorchScript .* save those alone/);
    const tar = new Uint8Array(1024);
    tar.set(latin('ustar'), 257);
    expect(refused(tar)).toMatch(/tar file, as PyTorch before 0\.1\.10 wrote/);
    expect(refused(latin('\x80\x02K\x01.'))).toMatch(/a pickle that torch\.save did not write/);
    expect(refused(latin('{"a": 1}'))).toMatch(/it is JSON/);
    expect(
      refused(joinPieces(zipPieces([{ name: 'word/document.xml', bytes: latin('x') }]))),
    ).toMatch(/a zip file that PyTorch did not write \(of word\/document\.xml\)/);
  });

  // Files of some hundred bytes to a few megabytes, each of which once took gigabytes, minutes or the whole stack.
  it('refuses keys of tuples of tuples, which double with each', () => {
    const doubled = Array.from({ length: 40 }, () => '0h\0h\0\x86q\0').join('');
    expect(refused(zipLayout(`}Nq\0${doubled}Ns`))).toContain(
      'a key that is no text and no number',
    );
    expect(refused(zipLayout(`}N${'\x85'.repeat(100_000)}Ns`))).toContain('a key that is no text');
  });

  it('refuses bytes that are made of the same bytes again and again', () => {
    const size = 2 ** 20;
    const bytes = `B\0\0\x10\0${'x'.repeat(size)}q\0`;
    const pickle = `${bytes}0c__builtin__\nbytearray\nq\x01](${'h\x01h\0\x85R'.repeat(1000)}e`;
    expect(refused(zipLayout(pickle))).toContain('it unfolds to more than');
  });

  it('refuses many tensors of two values each that lie a megabyte apart', () => {
    const bytes = new Uint8Array(4_000_000);
    const far = tensor(1_000_000, [2], [999_999]);
    expect(refused(zipLayout(`](${far.repeat(200)}e`, [zipStorage('0', bytes)]))).toContain(
      'it unfolds to more than',
    );
  });

  it('refuses a state of many parts, a tensor that is made of itself, and names of classes without end', () => {
    expect(refused(zipLayout(`cargparse\nNamespace\n)R(${'N'.repeat(1000)}tb`))).toContain(
      'two parts',
    );
    const again = 'ctorch._tensor\n_rebuild_from_type_v2\n';
    expect(refused(zipLayout(`${again}(${again}N)NtR`))).toContain('made of itself');
    expect(refused(zipLayout(`c${'m'.repeat(2000)}\nx\n)R`), { unknown: 'placeholder' })).toContain(
      'more than 1024 letters',
    );
  });

  it('refuses one long integer that is met again and again, as a value or as a key', async () => {
    const integer = `${long(2n ** 1900n, 240)}q\x00`;
    const lists = `${integer}0](${'h\0'.repeat(1000)}eq\x010](${'h\x01'.repeat(900)}e`;
    expect(zipLayout(lists).length).toBeLessThan(5000);
    const opened = openTorch(sourceOfBytes(zipLayout(lists)), 'x.pth');
    await expect(opened).rejects.toThrow(/^x\.pth: .*it unfolds to more than/);
    const keys = `${integer}0](${'}h\0Ns'.repeat(100_000)}e`;
    expect(refused(zipLayout(keys))).toContain('it unfolds to more than');
    const tuples = `${tuple(...Array(16).fill(word('k'.repeat(64))))}q\x000](${'}h\0Ns'.repeat(100_000)}e`;
    expect(refused(zipLayout(tuples))).toContain('it unfolds to more than');
  });

  it('refuses to list a million things of a file of some kilobytes', async () => {
    const lists = `](${'N'.repeat(1000)}eq\x000](${'h\0'.repeat(1000)}e`;
    const opened = openTorch(sourceOfBytes(zipLayout(lists)), 'x.pth');
    await expect(opened).rejects.toThrow(/it unfolds to more than/);
  });

  it("reads numpy's text of many characters, beyond the first 65,536 as well", () => {
    const text = `${'a'.repeat(5000)}😀`;
    const points = [...text].map((character) => character.codePointAt(0) ?? 0);
    const bytes = Buffer.from(Uint32Array.from([...points, 0, 0]).buffer).toString('latin1');
    const pickle = call(
      'numpy.core.multiarray.scalar',
      call('numpy.dtype', word('U5003')),
      rawBytes(bytes),
    );
    expect(readTorch(zipLayout(pickle))).toBe(text);
  });
});
