import { expect, it } from 'vitest';
import { SpeakerQueue } from './speaker-queue.js';

const RATE = 8000;
const BLOCK = 128;
/** As many blocks as the cushion lasts. */
const CUSHION = Math.ceil((0.06 * RATE) / BLOCK);

/** A sound whose samples are their places, from 1 on: what is left out is seen. */
const sound = (from: number, length: number) =>
  Float32Array.from({ length }, (_, n) => from + n + 1);

function pulled(queue: SpeakerQueue, blocks: number): number[] {
  const all: number[] = [];
  for (let i = 0; i < blocks; i++) {
    const block = new Float32Array(BLOCK);
    queue.pull(block);
    all.push(...block);
  }
  return all;
}

it('begins a cushion after the first part, and goes on in order', () => {
  const queue = new SpeakerQueue(RATE);
  expect(pulled(queue, 5)).toEqual(new Array(5 * BLOCK).fill(0));
  queue.push(sound(0, 700));
  expect(pulled(queue, CUSHION - 1)).toEqual(new Array((CUSHION - 1) * BLOCK).fill(0));
  queue.push(sound(700, 68));
  expect(pulled(queue, 6)).toEqual([...sound(0, 768)]);
  expect([queue.position, queue.waiting, queue.gaps]).toEqual([768, 0, 0]);
});

it('counts a gap once, and waits for a cushion again', () => {
  const queue = new SpeakerQueue(RATE);
  queue.push(sound(0, 500));
  pulled(queue, CUSHION - 1);
  expect(pulled(queue, 4)).toEqual([...sound(0, 500), ...new Array(12).fill(0)]);
  pulled(queue, 10);
  expect([queue.gaps, queue.position]).toEqual([1, 500]);
  queue.push(sound(500, 500));
  expect(pulled(queue, CUSHION)).toEqual([
    ...new Array((CUSHION - 1) * BLOCK).fill(0),
    ...sound(500, 128),
  ]);
  expect(queue.gaps).toBe(1);
});

it('waits for more where the first part is a short one', () => {
  const queue = new SpeakerQueue(RATE);
  queue.push(sound(0, 100));
  expect(pulled(queue, 20)).toEqual(new Array(20 * BLOCK).fill(0));
  queue.push(sound(100, 500));
  expect(pulled(queue, 4)).toEqual([...sound(0, 512)]);
  expect(queue.gaps).toBe(0);
});

it('leaves out what waits all the time, without a jump', () => {
  const queue = new SpeakerQueue(RATE);
  // A second came at once, as after a halt; from then on as much comes as is played.
  queue.push(new Float32Array(RATE).fill(1));
  const heard: number[] = [];
  const waiting: number[] = [];
  for (let i = 0; i < 450; i++) {
    queue.push(new Float32Array(BLOCK).fill(1 + i / 450));
    heard.push(...pulled(queue, 1));
    waiting.push(queue.waiting);
  }
  expect(Math.max(...waiting)).toBeGreaterThan(RATE);
  // Twice the cushion, which is more than jitter needs.
  expect(waiting.at(-1)).toBeLessThan(0.15 * RATE);
  expect(waiting.at(-1)).toBeGreaterThan(0.06 * RATE);
  expect(queue.gaps).toBe(0);
  expect(queue.position + queue.waiting).toBe(RATE + 450 * BLOCK);
  const begun = heard.findIndex((value) => value > 0);
  const jumps = heard.slice(begun + 1).map((value, n) => Math.abs(value - heard[begun + n]));
  // From one part to the next it grows by 1/450; over a second, left out, it would jump by 0.15.
  expect(Math.max(...jumps)).toBeLessThan(0.02);
});

it('keeps what is needed now and then', () => {
  const queue = new SpeakerQueue(RATE);
  // Parts of half a second, each when the former is nearly gone.
  let made = 0;
  const heard: number[] = [];
  for (let i = 0; i < 600; i++) {
    if (i % 31 === 0) {
      queue.push(sound(made, 31 * BLOCK));
      made += 31 * BLOCK;
    }
    heard.push(...pulled(queue, 1));
  }
  const first = heard.indexOf(1);
  expect(heard.slice(first)).toEqual([...sound(0, heard.length - first)]);
});

it('has room for four seconds: the oldest gives way', () => {
  const queue = new SpeakerQueue(RATE);
  queue.push(sound(0, 5 * RATE));
  expect([queue.position, queue.waiting]).toEqual([RATE, 4 * RATE]);
});
