import { expect, it, vi } from 'vitest';
import { Problem } from './audio-error.js';
import { openDecoder } from './open-decoder.js';

const decoded = { channelData: [], samplesDecoded: 0, errors: [] as { message: string }[] };
/** Decodes once, and frees. */
async function withDecoder<T extends typeof decoded>(
  make: Parameters<typeof openDecoder>[0],
  use: () => T,
): Promise<T> {
  const decoder = await openDecoder(make);
  try {
    return await decoder.decode(use);
  } finally {
    decoder.free();
    decoder.free();
  }
}

const fake = () => ({ ready: Promise.resolve(), free: vi.fn() });

it('frees the decoder once, and tells of what it says', async () => {
  const good = fake();
  expect(
    await withDecoder(
      () => good,
      () => decoded,
    ),
  ).toBe(decoded);
  const throwing = fake();
  const boom = () => {
    throw new RangeError('offset is out of bounds');
  };
  await expect(withDecoder(() => throwing, boom)).rejects.toThrow(
    new Problem(
      'it is damaged: its decoder says "offset is out of bounds". Copy it again, or leave it out',
    ),
  );
  const complaining = fake();
  const errors = [{ message: 'lost' }];
  await expect(
    withDecoder(
      () => complaining,
      () => ({ ...decoded, errors }),
    ),
  ).rejects.toThrow('says "lost"');
  for (const { free } of [good, throwing, complaining]) expect(free).toHaveBeenCalledTimes(1);
});

it('ends where the decoder complains on the console, which stays silent and comes back', async () => {
  const { error } = console;
  const endless = () => {
    for (;;) console.error('library:\n\tlost', 7);
  };
  await expect(withDecoder(fake, endless)).rejects.toThrow('says "library: lost 7"');
  expect(console.error).toBe(error);
});

it('does not mind a decoder that cannot be freed any more', async () => {
  const free = () => {
    throw new Error('null function');
  };
  const lost = () => {
    throw new Error('lost');
  };
  await expect(withDecoder(() => ({ ready: Promise.resolve(), free }), lost)).rejects.toThrow(
    'says "lost"',
  );
});

it('says where WebAssembly is forbidden, and waits for nothing', async () => {
  const compile = vi
    .spyOn(WebAssembly, 'compile')
    .mockRejectedValue(new Error('violates a policy'));
  const waiting = () => ({ ready: new Promise<void>(() => undefined), free: vi.fn() });
  await expect(withDecoder(waiting, () => decoded)).rejects.toThrow(
    /WebAssembly does not work \(violates a policy\); .*'wasm-unsafe-eval'\. WAV files need none/,
  );
  compile.mockRestore();
});

it('tells of a decoder that cannot be made', async () => {
  const make = () => {
    throw new Error('invalid options');
  };
  await expect(withDecoder(make, () => decoded)).rejects.toThrow('says "invalid options"');
});
