import { expect, it } from 'vitest';
import { Openings } from './openings.js';

/** What is opened when it is let. */
function opened() {
  const openings = new Openings<'voice' | 'sound'>();
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
  expect([begun, openings.waiting.value]).toEqual([['a', 'c'], 1]);
  end('a');
  await settle();
  expect(begun).toEqual(['a', 'c']);
  end('c');
  await settle();
  expect([begun, openings.waiting.value]).toEqual([['a', 'c', 'b'], 0]);
  end('b');
  expect(await Promise.all([first, sound])).toEqual([true, true]);
});

it('lets what waits together begin one after the other', async () => {
  const openings = new Openings<string>();
  const order: string[] = [];
  const take = (name: string) => async () => {
    order.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    order.push(`${name} ends`);
    return true;
  };
  await Promise.all(['voice', 'sound', 'engine'].map((kind) => openings.open(kind, take(kind))));
  expect(order).toEqual(
    ['voice', 'sound', 'engine'].flatMap((name) => [`${name} begins`, `${name} ends`]),
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
  end('a');
  expect(await sound).toBe(false);
  expect(begun).toEqual(['a']);
});
