import { spawnSync } from 'node:child_process';
import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeWav } from '@hifigan/audio';
import { judgesPython, requireJudges } from '@hifigan/testkit';
import { encode } from 'fast-png';
import { describe, expect, test } from 'vitest';
import { inFolder } from '../../testing/in-folder.js';
import { EventFile, eventFileName, eventFilesIn } from './event-file.js';
import type { LogEvent, LogValue } from './log-event.js';
import { readEventAt, readEvents } from './read-events.js';

const scalar = (tag: string, value: number): LogValue => ({ kind: 'scalar', tag, value });

async function eventsOf(folder: string) {
  const events: LogEvent[] = [];
  const torn: string[] = [];
  for await (const { event } of readEvents(folder, (path) => torn.push(path))) events.push(event);
  return { events, torn };
}

test('records are read as they were written; nothing is made before the first', async () => {
  await inFolder(async (folder) => {
    const logs = join(folder, 'logs');
    const unused = new EventFile(logs, 0);
    await unused.close();
    expect(await readdir(folder)).toEqual([]);

    const file = new EventFile(logs, 7);
    const values: LogValue[] = [
      scalar('a', 0.5),
      { kind: 'text', tag: 'config', text: '# é\n' },
      { kind: 'image', tag: 'b', width: 3, height: 2, png: Uint8Array.of(1, 2, 3) },
      {
        ...{ kind: 'audio', tag: 'c', samplingRate: 22050, channels: 1, samples: 4 },
        wav: Uint8Array.of(4, 5),
      },
    ];
    await file.add({ step: 7, values });
    await file.add({ step: -1, values: [scalar('a', -1)] });
    await file.close();
    const { events, torn } = await eventsOf(logs);
    expect(torn).toEqual([]);
    expect(events.map(({ time, ...rest }) => rest)).toEqual([
      { step: 0, version: 'brain.Event:2' },
      { step: 7, start: true },
      {
        step: 7,
        values: values.map((value) =>
          'png' in value || 'wav' in value ? expect.objectContaining({ tag: value.tag }) : value,
        ),
      },
      { step: -1, values: [scalar('a', -1)] },
    ]);
    const [, , image, audio] = events[2].values!;
    expect(image).toMatchObject({ width: 3, height: 2 });
    expect([...(image.kind === 'image' ? image.png : [])]).toEqual([1, 2, 3]);
    expect(audio).toMatchObject({ samplingRate: 22050, channels: 1, samples: 4 });
    expect([...(audio.kind === 'audio' ? audio.wav : [])]).toEqual([4, 5]);
    expect(Math.abs(events[2].time - Date.now() / 1000)).toBeLessThan(60);
  });
});

test('records stand where the reader says, whatever their size', async () => {
  await inFolder(async (folder) => {
    const file = new EventFile(folder, 0);
    const lengths = [0, 10, 5_000_000, 1, 2_000_000];
    for (const [step, length] of lengths.entries()) {
      await file.add({ step, values: [{ kind: 'text', tag: 't', text: 'x'.repeat(length) }] });
    }
    await file.close();
    const seen: number[] = [];
    for await (const { event, place } of readEvents(folder)) {
      if (!event.values) continue;
      expect(await readEventAt(place)).toEqual(event);
      seen.push((event.values[0] as { text: string }).text.length);
    }
    expect(seen).toEqual(lengths);
  });
});

test('a torn end costs no other file', async () => {
  await inFolder(async (folder) => {
    const first = new EventFile(folder, 0);
    await first.add({ step: 0, values: [scalar('a', 1)] });
    await first.add({ step: 1, values: [scalar('a', 2)] });
    await first.flush();
    const [name] = await eventFilesIn(folder);
    const { length } = await readFile(join(folder, name));
    await truncate(join(folder, name), length - 3);

    const second = new EventFile(folder, 1);
    await second.add({ step: 1, values: [scalar('a', 3)] });
    await second.close();
    await first.close();
    // Begun in one second, and yet in order.
    const names = await eventFilesIn(folder);
    expect(names[0]).toBe(name);
    expect(names).toHaveLength(2);
    const { events, torn } = await eventsOf(folder);
    expect(torn).toEqual([join(folder, name)]);
    expect(events.flatMap(({ values = [] }) => values)).toEqual([scalar('a', 1), scalar('a', 3)]);
  });
});

test('a disk that takes nothing is told of', async () => {
  await inFolder(async (folder) => {
    const logs = join(folder, 'logs');
    await writeFile(logs, 'a file');
    const file = new EventFile(logs, 0);
    await expect(file.add({ step: 0, values: [] })).rejects.toThrow(
      /logs.*: not written: .*what was there before is/,
    );
    await expect(file.add({ step: 1, values: [] })).rejects.toThrow('not written');
    await expect(file.close()).rejects.toThrow('not written');
    expect(await readFile(logs, 'utf8')).toBe('a file');
  });
});

test('names that no host breaks', () => {
  expect(eventFileName(1_700_000_000, 'a.b-c', 12)).toBe(
    'events.out.tfevents.1700000000.a.b-c.12.0',
  );
  expect(eventFileName(5, '../ü/ x', 1)).toBe('events.out.tfevents.0000000005..._x.1.0');
  expect(eventFileName(5, '', 1)).toBe('events.out.tfevents.0000000005.host.1.0');
  expect(eventFileName(5, 'h'.repeat(300), 1).length).toBeLessThan(120);
});

describe.skipIf(!requireJudges().available)('TensorBoard’s own reader', () => {
  const oracle = fileURLToPath(new URL('../../../../../tooling/reference-python', import.meta.url));
  const judged = (folder: string) => {
    const { stdout, stderr, status } = spawnSync(
      judgesPython(),
      ['-m', 'hifigan_reference', 'events', folder],
      { cwd: oracle, encoding: 'utf8', env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } },
    );
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout);
  };

  test('finds every kind of value as it was written', async () => {
    await inFolder(async (folder) => {
      const file = new EventFile(folder, 0);
      const curve = Array.from({ length: 40 }, (_, i) => 45 / (i + 1) + Math.sin(i) / 7);
      for (const [step, value] of curve.entries()) {
        await file.add({
          step,
          values: [scalar('training/mel_spec_error', value), scalar('é', -step)],
        });
      }
      const samplingRate = 44100;
      const tone = Float32Array.from({ length: 12345 }, (_, i) => 0.5 * Math.sin(i / 20));
      const wav = writeWav({ samplingRate, channels: [tone] });
      const data = new Uint8Array(7 * 5 * 3).map((_, i) => i);
      const png = encode({ width: 7, height: 5, data, channels: 3 });
      await file.add({
        step: 3_000_000_000,
        values: [
          { ...{ kind: 'audio', tag: 'gt/y_0', samplingRate, channels: 1 }, samples: 12345, wav },
          { kind: 'image', tag: 'gt/y_spec_0', width: 7, height: 5, png },
          { kind: 'text', tag: 'config', text: '```json\n{"é": 1}\n```' },
        ],
      });
      await file.close();
      const found = judged(folder);
      expect(found.scalars).toEqual({
        'training/mel_spec_error': curve.map((value, step) => [step, Math.fround(value)]),
        é: curve.map((_, step) => [step, -step]),
      });
      const step = 3_000_000_000;
      expect(found.audio).toEqual({
        'gt/y_0': [
          {
            ...{ step, type: 'audio/wav', rate: [44100, 44100], samples: [12345, 12345] },
            peak: expect.closeTo(0.5, 3),
          },
        ],
      });
      expect(found.images).toEqual({
        'gt/y_spec_0': [
          { ...{ step, told: [7, 5], decoded: [7, 5], mode: 'RGB' }, corner: [84, 85, 86] },
        ],
      });
      expect(found.texts).toEqual({ config: [{ step, text: '```json\n{"é": 1}\n```' }] });
    });
  });

  test('shows no curve twice after a kill and a start from an earlier step', async () => {
    await inFolder(async (folder) => {
      const write = async (first: number, last: number, value: number) => {
        const file = new EventFile(folder, first);
        for (let step = first; step <= last; step++) {
          await file.add({ step, values: [scalar('a', value)] });
        }
        await file.close();
      };
      await write(0, 9, 1);
      const [name] = await eventFilesIn(folder);
      const path = join(folder, name);
      await truncate(path, (await readFile(path)).length - 5);
      await write(4, 6, 2);
      expect(judged(folder).scalars).toEqual({
        a: [...[0, 1, 2, 3].map((step) => [step, 1]), ...[4, 5, 6].map((step) => [step, 2])],
      });
    });
  });
});
