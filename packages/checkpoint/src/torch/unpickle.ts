import type { MemoryBudget } from '../memory-budget.js';
import type { FormatError } from '../named-array.js';
import { PickleBytes } from './pickle-bytes.js';
import { CONTAINER, PickleStack, SLOT } from './pickle-stack.js';
import { PickledBytes, PickledDict, PickledGlobal, PickledTuple } from './pickled.js';

/** What a pickle may ask of whoever reads it. */
export interface UnpickleHost {
  /** `name(…args)`, of names that are known, as data. */
  readonly call: (callee: PickledGlobal, args: readonly unknown[]) => unknown;
  /** Gives an object its state. */
  readonly build: (target: unknown, state: unknown) => unknown;
  /** What a persistent id stands for. */
  readonly persistent: (id: unknown) => unknown;
  readonly budget: MemoryBudget;
  readonly fail: (what: string) => FormatError;
}

/** Of the name of a class, which is kept and shown. */
const LONGEST_NAME = 1024;

/**
 * Runs a pickle of protocols 0 to 5 on a stack of its own: nothing of it is executed, `host` says what its names stand
 * for. The opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py
 *
 * @param bytes of which a pickle begins at `start`
 * @returns what it describes, and where the next byte is
 * @throws FormatError
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  host: UnpickleHost,
): { readonly value: unknown; readonly end: number } {
  const machine = new PickleMachine(new PickleBytes(bytes, start, host.fail), host);
  return machine.run();
}

class PickleMachine {
  private readonly bytes: PickleBytes;
  private readonly host: UnpickleHost;
  private readonly stack: PickleStack;
  private readonly memo = new Map<number, unknown>();

  constructor(bytes: PickleBytes, host: UnpickleHost) {
    this.bytes = bytes;
    this.host = host;
    this.stack = new PickleStack(host);
  }

  run(): { readonly value: unknown; readonly end: number } {
    for (;;) {
      const opcode = this.bytes.uint8();
      // STOP
      if (opcode === 0x2e) return { value: this.stack.pop(), end: this.bytes.at };
      this.step(opcode);
    }
  }

  private step(opcode: number): void {
    const { bytes, stack, memo } = this;
    switch (opcode) {
      case 0x80: // PROTO
        if (bytes.uint8() > 5) throw this.host.fail('its pickle is of a protocol above 5');
        break;
      case 0x95: // FRAME: only says how much to read ahead
        bytes.skip(8);
        break;
      case 0x28: // MARK
        stack.pushMark();
        break;
      case 0x30: // POP
        stack.popAny();
        break;
      case 0x31: // POP_MARK
        stack.popToMark();
        break;
      case 0x32: // DUP
        stack.push(stack.top());
        break;

      case 0x4e: // NONE
        stack.push(null);
        break;
      case 0x88: // NEWTRUE
        stack.push(true);
        break;
      case 0x89: // NEWFALSE
        stack.push(false);
        break;
      case 0x4a: // BININT
        stack.push(bytes.int32());
        break;
      case 0x4b: // BININT1
        stack.push(bytes.uint8());
        break;
      case 0x4d: // BININT2
        stack.push(bytes.uint16());
        break;
      case 0x8a: // LONG1
        stack.push(bytes.long(bytes.uint8()));
        break;
      case 0x8b: // LONG4
        stack.push(bytes.long(bytes.int32()));
        break;
      case 0x47: // BINFLOAT
        stack.push(bytes.float64());
        break;
      case 0x49: // INT, of which 00 and 01 are truth values
        stack.push(bytes.decimalInt());
        break;
      case 0x4c: // LONG
        stack.push(bytes.decimalLong());
        break;
      case 0x46: // FLOAT
        stack.push(bytes.decimalFloat());
        break;

      case 0x58: // BINUNICODE
        this.pushText(bytes.utf8(bytes.uint32()));
        break;
      case 0x8c: // SHORT_BINUNICODE
        this.pushText(bytes.utf8(bytes.uint8()));
        break;
      case 0x8d: // BINUNICODE8
        this.pushText(bytes.utf8(bytes.uint64()));
        break;
      case 0x56: // UNICODE
        this.pushText(bytes.line());
        break;
      // Strings of Python 2, text where a checkpoint has them
      case 0x55: // SHORT_BINSTRING
        this.pushText(bytes.latin1(bytes.uint8()));
        break;
      case 0x54: // BINSTRING
        this.pushText(bytes.latin1(bytes.int32()));
        break;
      case 0x53: // STRING
        this.pushText(bytes.quoted());
        break;
      case 0x43: // SHORT_BINBYTES
        this.pushBytes(bytes.take(bytes.uint8()));
        break;
      case 0x42: // BINBYTES
        this.pushBytes(bytes.take(bytes.uint32()));
        break;
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        this.pushBytes(bytes.take(bytes.uint64()));
        break;

      case 0x5d: // EMPTY_LIST
      case 0x8f: // EMPTY_SET: read as a list
        this.pushNew([]);
        break;
      case 0x7d: // EMPTY_DICT
        this.pushNew(new PickledDict());
        break;
      case 0x29: // EMPTY_TUPLE
        this.pushNew(new PickledTuple([]));
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        this.pushNew(new PickledTuple(stack.popMany(opcode - 0x84)));
        break;
      case 0x74: // TUPLE
        this.pushNew(new PickledTuple(stack.popToMark()));
        break;
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        this.pushNew(stack.popToMark());
        break;
      case 0x64: {
        // DICT
        const items = stack.popToMark();
        const dict = new PickledDict();
        this.pushNew(dict);
        this.setItems(dict, items);
        break;
      }
      case 0x61: {
        // APPEND
        const item = stack.pop();
        this.extend(stack.top(), [item]);
        break;
      }
      case 0x65: // APPENDS
      case 0x90: {
        // ADDITEMS
        const items = stack.popToMark();
        this.extend(stack.top(), items);
        break;
      }
      case 0x73: {
        // SETITEM
        const items = stack.popMany(2);
        this.setItems(stack.top(), items);
        break;
      }
      case 0x75: {
        // SETITEMS
        const items = stack.popToMark();
        this.setItems(stack.top(), items);
        break;
      }

      case 0x71: // BINPUT
        this.put(bytes.uint8());
        break;
      case 0x72: // LONG_BINPUT
        this.put(bytes.uint32());
        break;
      case 0x94: // MEMOIZE
        this.put(memo.size);
        break;
      case 0x70: // PUT
        this.put(Number(bytes.line()));
        break;
      case 0x68: // BINGET
        this.get(bytes.uint8());
        break;
      case 0x6a: // LONG_BINGET
        this.get(bytes.uint32());
        break;
      case 0x67: // GET
        this.get(Number(bytes.line()));
        break;

      case 0x63: // GLOBAL
        this.pushGlobal(bytes.line(), bytes.line());
        break;
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = stack.popMany(2);
        this.pushGlobal(module, name);
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ: cls.__new__(cls, *args)
        const [callee, args] = stack.popMany(2);
        this.call(callee, args);
        break;
      }
      case 0x92: {
        // NEWOBJ_EX
        const [callee, args, named] = stack.popMany(3);
        if (!(named instanceof PickledDict) || named.entries.size > 0) {
          throw this.host.fail(
            'it makes an object with named arguments, which no checkpoint needs',
          );
        }
        this.call(callee, args);
        break;
      }
      case 0x69: {
        // INST
        const [module, name] = [bytes.line(), bytes.line()];
        const args = new PickledTuple(stack.popToMark());
        this.pushGlobal(module, name);
        this.call(stack.pop(), args);
        break;
      }
      case 0x6f: {
        // OBJ
        const [callee, ...args] = stack.popToMark();
        this.call(callee, new PickledTuple(args));
        break;
      }
      case 0x62: {
        // BUILD
        const [target, state] = stack.popMany(2);
        this.host.budget.charge(CONTAINER);
        stack.push(this.host.build(target, state));
        break;
      }
      case 0x51: // BINPERSID
        this.pushNew(this.host.persistent(stack.pop()));
        break;
      case 0x50: // PERSID
        this.pushNew(this.host.persistent(bytes.line()));
        break;

      case 0x82:
      case 0x83:
      case 0x84: // EXT1, EXT2, EXT4
        throw this.host.fail("its pickle names objects by numbers of a registry, which isn't read");
      case 0x97:
      case 0x98: // NEXT_BUFFER, READONLY_BUFFER
        throw this.host.fail('its pickle has buffers outside of itself, which are not there');
      default:
        throw this.host.fail(
          `byte ${bytes.at - 1} of its pickle is ${opcode}, which no pickle has: it is damaged`,
        );
    }
  }

  private pushNew(value: unknown): void {
    this.stack.push(value, CONTAINER);
  }

  private pushText(text: string): void {
    this.stack.push(text, SLOT + 2 * text.length);
  }

  private pushBytes(view: Uint8Array): void {
    this.pushNew(new PickledBytes(view));
  }

  private pushGlobal(module: unknown, name: unknown): void {
    if (typeof module !== 'string' || typeof name !== 'string') {
      throw this.host.fail('its pickle names a class by something that is no text: it is damaged');
    }
    if (module.length + name.length > LONGEST_NAME) {
      throw this.host.fail(
        `its pickle names a class by more than ${LONGEST_NAME} letters: it is damaged`,
      );
    }
    this.pushNew(new PickledGlobal(`${module}.${name}`));
  }

  private call(callee: unknown, args: unknown): void {
    if (!(callee instanceof PickledGlobal) || !(args instanceof PickledTuple)) {
      throw this.host.fail('its pickle calls something that is no function: it is damaged');
    }
    this.pushNew(this.host.call(callee, args.items));
  }

  private extend(target: unknown, items: readonly unknown[]): void {
    if (!Array.isArray(target))
      throw this.host.fail('its pickle adds to what is no list: it is damaged');
    this.host.budget.charge(SLOT * items.length);
    for (const item of items) target.push(item);
  }

  private setItems(target: unknown, items: readonly unknown[]): void {
    if (!(target instanceof PickledDict) || items.length % 2 !== 0) {
      throw this.host.fail('its pickle sets items of what is no dictionary: it is damaged');
    }
    this.host.budget.charge(SLOT * items.length);
    for (let i = 0; i < items.length; i += 2) target.entries.set(items[i], items[i + 1]);
  }

  private put(index: number): void {
    if (!Number.isSafeInteger(index)) throw this.host.fail('its pickle is damaged');
    this.host.budget.charge(2 * SLOT);
    this.memo.set(index, this.stack.top());
  }

  private get(index: number): void {
    if (!this.memo.has(index)) {
      throw this.host.fail(`its pickle refers to ${index}, which is not there: it is damaged`);
    }
    this.stack.push(this.memo.get(index));
  }
}
