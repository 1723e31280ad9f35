import { expect, it } from 'vitest';
import { Openings } from './openings.js';

/** What is opened when it is let. */
function opened() {
  const openings = new Openings<'voice' | 'sound'>('sound');
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const open = (kind: 'voice' | 'sound', name: string) =>
    openings.open(kind, () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, () => resolve(true)));
    });
  const settle = () => new Promise((resolve) => setTimeout(resolve));
  return { openings, begun, open, settle, end: (name: string) => ends.get(name)!() };
}

it('waits for another kind, and not for its own', async () => {
  const { openings, begun, open, settle, end } = opened();
  const first = open('voice', 'a');
  const sound = open('sound', 'b');
  await settle();
  void open('voice', 'c');
  await settle();
  expect([begun, [...openings.waiting.value]]).toEqual([['a', 'c'], ['sound']]);
  end('a');
  await settle();
  expect(begun).toEqual(['a', 'c']);
  end('c');
  await settle();
  expect([begun, [...openings.waiting.value]]).toEqual([['a', 'c', 'b'], []]);
  end('b');
  expect(await Promise.all([first, sound])).toEqual([true, true]);
});

it('lets what waits together begin one after the other, the last kind last', async () => {
  const openings = new Openings<string>('sound');
  const order: string[] = [];
  const take = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`${name} ends`);
    return true;
  };
  await Promise.all(['voice', 'sound', 'engine'].map((kind) => openings.open(kind, take(kind))));
  expect(order).toEqual(
    ['voice', 'engine', 'sound'].flatMap((name) => [`${name} begins`, `${name} ends`]),
  );
});

it('begins of those that wait the newest of a kind', async () => {
  const { begun, open, settle, end } = opened();
  void open('voice', 'a');
  const former = open('sound', 'b');
  void open('sound', 'c');
  await settle();
  end('a');
  expect(await former).toBe(false);
  expect(begun).toEqual(['a', 'c']);
});

it('begins nothing that was cancelled while it waited', async () => {
  const { openings, begun, open, settle, end } = opened();
  void open('voice', 'a');
  const sound = open('sound', 'b');
  await settle();
  openings.cancel();
  expect(await sound).toBe(false);
  expect(openings.waiting.value.size).toBe(0);
  end('a');
  await settle();
  expect([begun, openings.isOpening]).toEqual([['a'], false]);
});

it('lets one of the last kind wait for those that wait before it', async () => {
  const { begun, open, settle, end } = opened();
  void open('sound', 'a');
  void open('voice', 'b');
  void open('sound', 'c');
  await settle();
  expect(begun).toEqual(['a']);
  end('a');
  await settle();
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await settle();
  expect(begun).toEqual(['a', 'b', 'c']);
});

it('goes on where a beginning fails', async () => {
  const openings = new Openings<'voice' | 'sound'>('sound');
  const failing = openings.open('voice', () => Promise.reject(new Error('no')));
  const sound = openings.open('sound', () => Promise.resolve(true));
  await expect(failing).rejects.toThrow('no');
  expect(await sound).toBe(true);
});
