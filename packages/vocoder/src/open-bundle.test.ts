import { readSafetensors, writeSafetensors } from '@hifigan/checkpoint';
import * as tf from '@tensorflow/tfjs';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type BundleReader, directoryReader } from './bundle-source.js';
import type { EngineFactory } from './engine.js';
import type { BundleManifest } from './manifest.js';
import { openBundle } from './open-bundle.js';
import { sealManifest } from './seal-manifest.js';
import { sha256 } from './sha256.js';
import {
  randomOf,
  smallBundle,
  smallConfig,
  smallFiles,
  smallMel,
} from './testing/small-bundle.js';
import { tfjsEngine } from './tfjs-engine.js';
import { Vocoder } from './vocoder.js';

type Files = Map<string, Uint8Array>;

const encode = (text: string) => new TextEncoder().encode(text);
const textOf = (files: Files, name: string) => new TextDecoder().decode(files.get(name));

let whole: Files;
let other: Files;

/** The files with one that is not as it was; without what it returns undefined for. */
function withFile(name: string, change: (bytes: Uint8Array) => Uint8Array | string | undefined) {
  const files = new Map(whole);
  const changed = change(files.get(name) as Uint8Array);
  if (changed === undefined) files.delete(name);
  else files.set(name, typeof changed === 'string' ? encode(changed) : changed);
  return files;
}

/** With another manifest, which is sealed by nothing, as those of before were. */
const manifested = (change: (manifest: BundleManifest) => object) =>
  withFile('bundle.json', (bytes) => {
    const { sha256: _, ...manifest } = JSON.parse(new TextDecoder().decode(bytes));
    return JSON.stringify(change({ ...manifest, format: 2 }));
  });

/** With another file, and a manifest that agrees with it: as one who packs wrongly would leave it. */
async function resealed(name: string, bytes: Uint8Array): Promise<Files> {
  const seal = { bytes: bytes.length, sha256: await sha256(bytes) };
  const files = manifested((manifest) => ({
    ...manifest,
    files: { ...manifest.files, [name]: seal },
  }));
  return files.set(name, bytes);
}

const problemOf = async (files: Files, verify: 'hashes' | 'golden' | 'none' = 'hashes') =>
  openBundle(files, { verify, where: 'b' }).then(
    () => '',
    (error: Error) => error.message,
  );

let before = 0;
beforeAll(async () => {
  await tf.setBackend('cpu');
  before = tf.memory().numTensors;
  whole = await smallFiles();
  other = await smallFiles({ mel: smallMel(7) }, await smallBundle(2));
});
afterAll(() => expect(tf.memory().numTensors).toBe(before));

describe('openBundle', () => {
  it('reads a whole one, and the golden output only when it is asked for', async () => {
    const read = vi.fn(async (name: string) => whole.get(name));
    const bundle = await openBundle(read);
    expect(read.mock.calls.map(([name]) => name)).toEqual([
      'bundle.json',
      'config.json',
      'generator.safetensors',
      'card.json',
    ]);
    expect(bundle).toMatchObject({
      config: smallConfig,
      card: { name: 'small', licence: 'MIT' },
      filesChecked: true,
      profile: { hopSize: 8, log: 'natural' },
    });
    expect(bundle.notices).toEqual([expect.stringMatching(/is odd/)]);
    const golden = await bundle.golden?.();
    expect(golden?.mel.frames).toBe(9);
    await bundle.golden?.();
    expect(read).toHaveBeenCalledTimes(5);
  });

  it.each(['bundle.json', 'config.json', 'generator.safetensors', 'card.json'])(
    'tells where %s is missing, cut, swapped, foreign or damaged',
    async (name) => {
      const missing = withFile(name, () => undefined);
      const cut = withFile(name, (bytes) => bytes.subarray(0, bytes.length / 2));
      const page = withFile(name, () => '<!doctype html><title>Not found</title>');
      const swapped = withFile(name, () => other.get(name));
      const problems = await Promise.all([missing, cut, page, swapped].map((f) => problemOf(f)));
      if (name === 'bundle.json') {
        // Without one it is a bundle of before.
        expect(problems[0]).toBe('');
        expect((await openBundle(missing)).notices[0]).toMatch(
          /^bundle: has no bundle\.json, .*renew it with: hifigan pack/,
        );
        for (const problem of problems.slice(1, 3)) {
          expect(problem).toMatch(/^b\/bundle\.json: is not JSON, or cut off; copy/);
        }
        expect(problems[3]).toMatch(/none of its files|its files are damaged or changed/);
        expect(problems[3]).toMatch(/generator\.safetensors: SHA-256/);
        return;
      }
      expect(problems[0]).toMatch(new RegExp(`^b: ${name} must be there, .*copy the whole folder`));
      expect(problems[1]).toMatch(
        new RegExp(`b/${name}: is cut off: has \\d+ bytes and must have \\d+$`),
      );
      expect(problems[2]).toMatch(
        new RegExp(`b/${name}: it is a web page and not the file itself; is cut off`),
      );
      // Both have the same configuration and card.
      if (name === 'generator.safetensors') {
        expect(problems[3]).toMatch(new RegExp(`b/${name}: SHA-256 [0-9a-f]{12}… must be`));
      }
      const flipped = withFile(name, (bytes) => {
        const copy = bytes.slice();
        copy[copy.length - 3] ^= 1;
        return copy;
      });
      const problem = await problemOf(flipped);
      expect(problem).toMatch(/its files are damaged or changed; copy or download/);
      expect(problem).toMatch(new RegExp(`b/${name}: SHA-256`));
    },
  );

  it('tells of the golden file when it is wanted', async () => {
    const name = 'golden.safetensors';
    const missing = withFile(name, () => undefined);
    expect(await problemOf(missing)).toBe('');
    expect(await problemOf(missing, 'golden')).toMatch(
      /^b: golden\.safetensors must be there to check the sound/,
    );
    const cut = withFile(name, (bytes) => bytes.subarray(0, 90));
    expect(await problemOf(cut, 'golden')).toMatch(/b\/golden\.safetensors: is cut off/);
    const foreign = await resealed(name, encode('{}'));
    expect(await problemOf(foreign, 'golden')).toMatch(
      /golden\.safetensors: not a readable safetensors file/,
    );
    const array = { shape: [2], data: Float32Array.of(1, 2) };
    const empty = await resealed(name, writeSafetensors(new Map([['a', array]])));
    expect(await problemOf(empty, 'golden')).toMatch(/must hold mel and audio/);
    const swapped = await resealed(name, other.get(name) as Uint8Array);
    expect(await problemOf(swapped, 'golden')).toMatch(
      /mel \[6,7\], audio \[56\] must be mel \[6,9\], audio \[72\], as the manifest says/,
    );
  });

  it('names what disagrees with a changed manifest, and its seal where nothing does', async () => {
    // The seal is kept, so it is wrong in all of them.
    const changed = (change: (manifest: BundleManifest) => object) =>
      problemOf(
        withFile('bundle.json', (bytes) => {
          const manifest: BundleManifest = JSON.parse(new TextDecoder().decode(bytes));
          return JSON.stringify({ ...manifest, ...change(manifest) });
        }),
      );
    const name = 'generator.safetensors';
    const seal = /says something else than when it was packed/;
    const file = await changed(({ files }) => ({
      files: { ...files, [name]: { ...files[name], sha256: '0'.repeat(64) } },
    }));
    expect(file).toMatch(/b\/generator\.safetensors: SHA-256 [0-9a-f]{12}… must be 000000000000…/);
    expect(file).not.toMatch(seal);
    const hop = await changed(({ mel }) => ({ mel: { ...mel, hopSize: mel.hopSize + 1 } }));
    expect(hop).toMatch(/mel\.hopSize=\d+ must be \d+, as in b\/config\.json/);
    expect(hop).not.toMatch(seal);
    expect(await changed(({ mel }) => ({ mel: { ...mel, log: 'log10' } }))).toMatch(seal);
  });

  it('wants the seal that each bundle is packed with, and tells of those that never had one', async () => {
    const removed = withFile('bundle.json', (bytes) => {
      const { sha256: _, ...manifest } = JSON.parse(new TextDecoder().decode(bytes));
      return JSON.stringify(manifest);
    });
    expect(await problemOf(removed)).toMatch(
      /^b\/bundle\.json: has no seal and must \(sha256, .*\), because format 3 is packed with one: it was taken out, .*hifigan pack$/,
    );
    expect(await problemOf(removed, 'none')).toBe('');
    const before = await openBundle(
      manifested((manifest) => manifest),
      { where: 'b' },
    );
    expect(before.notices[0]).toMatch(
      /^b: its bundle\.json is not sealed, as some before format 3: .*hifigan pack BUNDLE -o BUNDLE --force$/,
    );
    const sealed = await sealManifest({ ...before.manifest!, format: 2 });
    const voice = withFile('bundle.json', () => JSON.stringify(sealed));
    expect((await openBundle(voice)).notices.join()).not.toMatch(/sealed/);
  });

  it('checks no hashes where none are wanted, and then says so', async () => {
    const flipped = withFile('generator.safetensors', (bytes) => {
      const copy = bytes.slice();
      copy[copy.length - 2] ^= 1;
      return copy;
    });
    const bundle = await openBundle(flipped, { verify: 'none' });
    expect(bundle.filesChecked).toBe(false);
  });

  it('refuses newer formats in words, and wrong types by their keys', async () => {
    expect(await problemOf(manifested(() => ({ format: 4, anything: true })))).toBe(
      'b/bundle.json: format=4 must be at most 3, because this version knows no newer bundles; update @hifigan/vocoder (or hifigan), or have it packed by this version',
    );
    expect(await problemOf(manifested((manifest) => ({ ...manifest, format: '2' })))).toMatch(
      /format="2" must be a whole number/,
    );
    expect(await problemOf(withFile('bundle.json', () => '[1]'))).toMatch(
      /\[1\] must be an object/,
    );
    const problem = await problemOf(
      manifested((manifest) => ({
        ...manifest,
        weights: { precision: 'float8' },
        golden: { ...manifest.golden, frames: '9', tolerance: 2 },
        files: { 'config.json': { bytes: 1, sha256: 'X' } },
        mel: { ...manifest.mel, log: 'binary' },
      })),
    );
    expect(problem.split('\n').map((line) => line.trim().split(' must be')[0])).toEqual([
      'b/bundle.json: 5 problems',
      'weights.precision="float8"',
      'golden.frames="9"',
      'golden.tolerance=2',
      'files["config.json"]={"bytes":1,"sha256":"X"}',
      'mel: log="binary"',
    ]);
    const extra = manifested((manifest) => ({ ...manifest, of: 'later' }));
    expect(await problemOf(extra)).toBe('');
  });

  it('holds profile and configuration against each other', async () => {
    const files = manifested((manifest) => ({ ...manifest, mel: { ...manifest.mel, hopSize: 4 } }));
    expect(await problemOf(files)).toMatch(
      /^b\/bundle\.json: mel\.hopSize=4 must be 8, as in b\/config\.json, because/,
    );
  });

  it('finds a manifest that was changed, whatever in it, and none that is only laid out otherwise', async () => {
    const edited = (change: (manifest: BundleManifest) => object) =>
      withFile('bundle.json', (bytes) =>
        JSON.stringify(change(JSON.parse(new TextDecoder().decode(bytes)))),
      );
    const changes: readonly ((manifest: BundleManifest) => object)[] = [
      ({ mel, ...rest }) => ({ ...rest, mel: { ...mel, filterbank: 'htk' } }),
      ({ mel, ...rest }) => ({ ...rest, mel: { ...mel, log: 'log10' } }),
      ({ mel, ...rest }) => ({ ...rest, mel: { ...mel, floor: 1e-4 } }),
      ({ golden, ...rest }) => ({ ...rest, golden: { ...golden, tolerance: 0.9 } }),
      (manifest) => ({ ...manifest, of: 'later' }),
    ];
    for (const change of changes) {
      expect(await problemOf(edited(change))).toMatch(
        /^b\/bundle\.json: says something else than when it was packed .*pack it anew: hifigan pack$/,
      );
      expect(await problemOf(edited(change), 'none')).toBe('');
    }
    const turned = edited((manifest) => Object.fromEntries(Object.entries(manifest).reverse()));
    expect(await problemOf(turned)).toBe('');
    expect(await problemOf(edited((manifest) => ({ ...manifest, sha256: 'x' })))).toMatch(
      /sha256="x" must be 64 hexadecimal digits/,
    );
  });

  it('speaks the mels of its manifest, of whatever convention', async () => {
    const files = manifested((manifest) => ({
      ...manifest,
      mel: { ...manifest.mel, log: 'log10', floor: 1e-10, framing: 'centred' },
    }));
    const vocoder = await Vocoder.load(files);
    expect(vocoder.profile).toMatchObject({ log: 'log10', framing: 'centred' });
    const mel = vocoder.analyze(new Float32Array(81));
    // Silence is the guard under the root; a frame more than hops.
    expect([mel.frames, mel.mels]).toEqual([11, 6]);
    expect(await vocoder.synthesize(smallMel(2))).toHaveLength(16);
    vocoder.dispose();
  });

  it('tells weights that are no numbers, cards of wrong types and such without a licence', async () => {
    const name = 'generator.safetensors';
    const { arrays } = readSafetensors(whole.get(name) as Uint8Array);
    const data = Float32Array.of(Number.NaN);
    const nan = writeSafetensors(new Map(arrays).set('conv_post.bias', { shape: [1], data }));
    expect(await problemOf(await resealed(name, nan))).toMatch(
      /b\/generator\.safetensors: conv_post\.bias holds NaN and must hold numbers/,
    );
    const typed = encode('{"name":"x","licence":5,"steps":"many","heldOut":{}}');
    const problem = await problemOf(await resealed('card.json', typed));
    expect(problem).toMatch(/card\.json: 2 problems\n {2}licence=5 must be a text/);
    expect(problem).toMatch(/steps="many" must be a number/);
    for (const refine of ['1.5', '-1', '"3"', '101']) {
      const card = encode(`{"name":"x","refine":${refine},"bandwidth":0,"phases":"any"}`);
      const wrong = await problemOf(await resealed('card.json', card));
      expect(wrong).toContain(`refine=${refine} must be a whole number from 0 to 100`);
      expect(wrong).toContain('bandwidth=0 must be a number of Hz above 0');
      expect(wrong).toContain('phases="any" must be "kept" or "integrated", because');
    }
    const free = await openBundle(await resealed('card.json', encode('{"name":"x"}')));
    expect(free.notices.at(-1)).toMatch(/^card\.json: names no licence, and must, .*--licence/);
    const unlisted = manifested(({ files: { 'card.json': _, ...files }, ...manifest }) => ({
      ...manifest,
      files,
    }));
    expect(await problemOf(unlisted)).toMatch(/b\/card\.json: is not listed in b\/bundle\.json/);
  });
});

describe('Vocoder.load with a bundle that proves itself', () => {
  const wrong: EngineFactory = async (bundle, where) => {
    const engine = await tfjsEngine(bundle, where);
    return {
      ...engine,
      description: 'a bad driver',
      generate: async (mel) => (await engine.generate(mel)).map((sample) => 0.9 * sample),
    };
  };

  it('passes on this machine, and frees what it has loaded where it does not', async () => {
    const vocoder = await Vocoder.load(whole, { verify: 'golden' });
    expect(await vocoder.synthesize(smallMel(3))).toHaveLength(24);
    vocoder.dispose();
    const tensors = tf.memory().numTensors;
    await expect(
      Vocoder.load(whole, { verify: 'golden', engine: wrong, where: 'b' }),
    ).rejects.toThrow(
      /^b: what a bad driver makes of the golden mel differs from golden\.safetensors by 10% of its peak and must not by more than 0\.50%, .*the files are those that were packed \(SHA-256\), so this engine computes wrongly: take another backend/,
    );
    const unchecked = await openBundle(whole, { verify: 'none' });
    await expect(Vocoder.load(unchecked, { verify: 'golden', engine: wrong })).rejects.toThrow(
      /the files were not checked: open the bundle with verify "hashes"/,
    );
    const silent: EngineFactory = async (bundle, where) => ({
      ...(await tfjsEngine(bundle, where)),
      generate: async ({ frames }) => new Float32Array(frames * 8).fill(Number.NaN, 5, 6),
    });
    const dead = await Vocoder.load(whole, { verify: 'golden', engine: silent }).catch(String);
    expect(dead).toMatch(/made values that are no numbers \(NaN at sample 5\)/);
    expect(tf.memory().numTensors).toBe(tensors);
  });

  it('finds weights of another model that the manifest was made to agree with', async () => {
    const name = 'generator.safetensors';
    const files = await resealed(name, other.get(name) as Uint8Array);
    await expect(Vocoder.load(files, { verify: 'golden' })).rejects.toThrow(
      /Where every backend fails, the bundle was packed wrongly/,
    );
  });

  it('refuses to prove one of before', async () => {
    const files = withFile('bundle.json', () => undefined);
    const vocoder = await Vocoder.load(files);
    vocoder.dispose();
    await expect(Vocoder.load(files, { verify: 'golden' })).rejects.toThrow(
      /has no bundle\.json and so no golden output/,
    );
  });
});

describe('sources', () => {
  const serving = (
    files: ReadonlyMap<string, Uint8Array>,
    missing = new Response('', { status: 404 }),
  ) =>
    vi.fn(async (url: string | URL | Request) => {
      const { pathname } = new URL(String(url));
      const bytes = pathname.startsWith('/voices/a/') && files.get(pathname.slice(10));
      return bytes ? new Response(bytes as Uint8Array<ArrayBuffer>) : missing.clone();
    });

  it('read a zip archive of a bundle, whatever holds its bytes', async () => {
    const zip = (files: Record<string, Uint8Array>, level: 0 | 6 = 0) =>
      Uint8Array.from(zipSync(files, { level }));
    const under = (folder: string) =>
      Object.fromEntries([...whole].map(([name, bytes]) => [folder + name, bytes]));
    const strangers = {
      '__MACOSX/a/._config.json': encode('x'),
      '__MACOSX/config.json': encode('x'),
      'notes.txt': encode('x'),
    };
    const archives = [zip(under('')), zip({ ...under('a/'), ...strangers }), zip(under('a/'), 6)];
    for (const archive of archives) {
      for (const source of [
        archive,
        archive.buffer,
        Buffer.from(archive),
        new Blob([archive]),
        new File([archive], 'a.zip'),
      ]) {
        const bundle = await openBundle(source, { verify: 'golden' });
        expect(bundle.card?.name).toBe('small');
        expect(bundle.filesChecked).toBe(true);
      }
    }
    const vocoder = await Vocoder.load(archives[1]);
    expect(await vocoder.synthesize(smallMel(3))).toHaveLength(24);
    await vocoder.dispose();
    const refused = (source: Uint8Array) => expect(openBundle(source)).rejects;
    await refused(zip({ ...under('a/'), ...under('b/') })).toThrow(
      /^bundle: the zip archive must hold the files of one bundle, .* but holds them in 2 folders/,
    );
    await refused(zip(strangers)).toThrow(/but holds none of them; pack the bundle’s folder alone/);
    await refused(archives[0].subarray(0, -30)).toThrow(
      /^bundle: not a readable zip archive: .*cut off/,
    );
    await refused(whole.get('generator.safetensors')!).toThrow(
      /^bundle: the bytes of a safetensors file must be where a bundle lies, .* a zip archive/,
    );
  });

  it('read from the object that a class made, which has its files in itself', async () => {
    class Kept implements BundleReader {
      readonly #files = whole;
      readonly where = 'kept';
      async read(name: string) {
        return this.#files.get(name);
      }
    }
    expect((await openBundle(new Kept())).card?.name).toBe('small');
  });

  it('end on a signal, with its reason, whatever reads', async () => {
    const handle = {
      getFileHandle: async (name: string) => ({
        getFile: async () => new Blob([Uint8Array.from(whole.get(name)!)]),
      }),
    } as unknown as FileSystemDirectoryHandle;
    for (const source of [
      whole,
      Object.fromEntries(whole),
      directoryReader(handle),
      async (name: string) => whole.get(name),
      () => new Promise<never>(() => {}),
    ]) {
      for (const later of [false, true]) {
        const controller = new AbortController();
        const reason = new Error('enough');
        if (!later) controller.abort(reason);
        const opening = openBundle(source, { signal: controller.signal });
        if (later) controller.abort(reason);
        await expect(opening).rejects.toBe(reason);
      }
    }
    const own = new AbortController();
    const ending = async (name: string) => {
      if (name === 'golden.safetensors') own.abort('by the reader');
      return whole.get(name);
    };
    const bundle = await openBundle(ending, { signal: own.signal });
    await expect(bundle.golden?.()).rejects.toBe('by the reader');
  });

  it.each(['https://h/voices/a', 'https://h/voices/a/', 'https://h/voices/a/bundle.json'])(
    'fetches %s in one go',
    async (address) => {
      const fetch = serving(whole);
      const bundle = await openBundle(address, { fetch });
      expect(bundle.card?.name).toBe('small');
      expect(fetch).toHaveBeenCalledTimes(4);
      expect((await openBundle(new URL(address), { fetch })).config).toEqual(smallConfig);
    },
  );

  it('take a page in the place of a file as missing, and tell refusals and networks', async () => {
    const page = new Response('<!DOCTYPE html><title>app</title>');
    const bare = new Map([...whole].filter(([name]) => !/bundle|card/.test(name)));
    const older = await openBundle('https://h/voices/a', { fetch: serving(bare, page) });
    expect(older.card).toBeUndefined();
    expect(older.notices[0]).toMatch(/^https:\/\/h\/voices\/a\/: has no bundle\.json/);
    await expect(openBundle('https://h/voices/b', { fetch: serving(whole, page) })).rejects.toThrow(
      /^https:\/\/h\/voices\/b\/: config\.json, generator\.safetensors must be there/,
    );
    const denied = new Response('', { status: 403, statusText: 'Forbidden' });
    await expect(
      openBundle('https://h/voices/b', { fetch: serving(whole, denied) }),
    ).rejects.toThrow(/cannot be fetched: the server answers 403 Forbidden; check the address/);
    const offline = async () => Promise.reject(new TypeError('fetch failed'));
    await expect(openBundle('https://h/x', { fetch: offline })).rejects.toThrow(
      /^https:\/\/h\/x\/bundle\.json: cannot be fetched: fetch failed; .*CORS/,
    );
    await expect(openBundle('voices/a')).rejects.toThrow(
      /^voices\/a: must be an address .*of a folder on a disk: folderReader\(path\)/,
    );
    await expect(openBundle('C:\\voices\\a')).rejects.toThrow(
      /^C:\\voices\\a: must be an address .*of a folder on a disk: folderReader\(path\)/,
    );
    await expect(openBundle(new URL('file:///voices/a'), { fetch: offline })).rejects.toThrow(
      /^file:\/\/\/voices\/a\/bundle\.json: must be an address of the web, .*folderReader\(path\)/,
    );
    for (const none of [null, undefined, 5, new Uint8Array(9), new ArrayBuffer(9)]) {
      const opened = openBundle(none as unknown as string);
      await expect(opened).rejects.toThrow(/^bundle: .* must be where a bundle lies/);
    }
  });

  it('read objects of bytes and folders that were dropped into a page', async () => {
    expect((await openBundle(Object.fromEntries(whole))).config).toEqual(smallConfig);
    const getFileHandle = async (name: string) => {
      const bytes = whole.get(name) as Uint8Array<ArrayBuffer> | undefined;
      if (!bytes) throw Object.assign(new Error('none'), { name: 'NotFoundError' });
      return { getFile: async () => new Blob([bytes]) } as unknown as FileSystemFileHandle;
    };
    const read = directoryReader({ getFileHandle });
    expect((await openBundle(read)).config).toEqual(smallConfig);
    expect(await read('other')).toBeUndefined();
  });
});

describe('sha256', () => {
  it('is that of FIPS 180-4, with WebCrypto and without', async () => {
    const subtle = globalThis.crypto.subtle;
    const random = randomOf(3);
    const noise = Uint8Array.from({ length: 100_003 }, () => 256 * random());
    const vectors = [
      ['', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
      ['abc', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ] as const;
    const byCrypto = await sha256(noise);
    for (const crypto of [{ subtle }, {}]) {
      vi.stubGlobal('crypto', crypto);
      for (const [text, hash] of vectors) expect(await sha256(encode(text))).toBe(hash);
      expect(await sha256(noise)).toBe(byCrypto);
    }
    vi.unstubAllGlobals();
    expect(textOf(whole, 'bundle.json')).toContain(await sha256(whole.get('config.json')!));
  });
});
