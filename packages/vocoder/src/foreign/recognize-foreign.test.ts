import { gzipSync } from 'node:zlib';
import { FormatError, writeSafetensors } from '@hifigan/checkpoint';
import { createTar } from 'nanotar';
import { describe, expect, it } from 'vitest';
import {
  type ForeignFiles,
  filesInMemory,
  filesOfBlobs,
  readForeign,
  recognizeForeign,
} from '../index.js';
import { changed, failure, foreignModel, stateOf } from '../testing/foreign-models.js';

describe('where the files of a model lie', () => {
  it('unpacks .nemo archives, with gzip and without', async () => {
    const { files } = foreignModel('nemo', 'torch');
    const entries = await Promise.all(
      files.names.map(async (name) => ({ name: `./${name}`, data: await files.read(name) })),
    );
    const tar = createTar(entries);
    for (const bytes of [tar, new Uint8Array(gzipSync(tar))]) {
      const { config, layout } = await readForeign(filesInMemory({ 'voice.nemo': bytes }));
      expect(layout.name).toBe('nemo');
      expect(config.upsample_rates).toEqual([4, 2]);
    }
    // A configuration that is named goes before its own.
    const own = JSON.parse(new TextDecoder().decode(await files.read('model_config.yaml')));
    own.preprocessor.highfreq = 7000;
    const two = filesInMemory({ 'voice.nemo': tar, 'mine.yaml': JSON.stringify(own) });
    const choice = { weights: 'voice.nemo', config: 'mine.yaml' };
    expect((await readForeign(two, choice)).config.fmax).toBe(7000);
    expect((await readForeign(two, { weights: 'voice.nemo' })).config.fmax).toBe(8000);
    // What is wrong is told with the archive that it is in.
    own.generator.upsample_initial_channel = 32;
    const config = JSON.stringify(own);
    const other = entries.map((entry) =>
      entry.name.endsWith('.yaml') ? { ...entry, data: config } : entry,
    );
    const misfit = await failure(filesInMemory({ 'voice.nemo': createTar(other) }), 'here');
    expect(misfit.message).toMatch(
      /^here\/voice\.nemo\/model_weights\.ckpt: .* configuration, here\/voice\.nemo\/model_config\.yaml, is/,
    );
    const broken = await failure(filesInMemory({ 'voice.nemo': new Uint8Array(700).fill(7) }));
    expect(broken).toBeInstanceOf(FormatError);
    expect(broken.message).toMatch(/^voice\.nemo: not a readable tar archive/);
  });

  it('is not kept from a model by strangers beside it: broken, large, or not to be read', async () => {
    const { files } = foreignModel('espnet');
    const strangers = ['a-config.json', 'old.json', 'secret.yaml', 'tsconfig.json', 'zz.yml'];
    const read: string[] = [];
    const beside: ForeignFiles = {
      names: [...strangers, ...files.names],
      async read(name) {
        read.push(name);
        if (name === 'old.json') throw new Error('EISDIR: illegal operation on a directory');
        if (name === 'secret.yaml') throw new Error('EACCES: permission denied');
        if (strangers.includes(name)) return new TextEncoder().encode('{ // a comment\n');
        return files.read(name);
      },
      async open(name) {
        const bytes = await beside.read(name);
        const size = name === 'zz.yml' ? 2 ** 40 : bytes.length;
        return {
          size,
          async read(start, end) {
            if (end > bytes.length) throw new Error('a terabyte was read');
            return bytes.subarray(start, end);
          },
        };
      },
    };
    expect((await recognizeForeign(beside))?.layout.name).toBe('espnet');
    // Its name is the usual one.
    expect(read).toEqual(['config.yaml']);
    const alone = { ...beside, names: strangers };
    expect(await recognizeForeign(alone)).toBeUndefined();
    expect(read).toEqual(expect.arrayContaining(['a-config.json', 'secret.yaml']));
    // What was named, or is called as the model's own, is told.
    await expect(recognizeForeign(alone, { config: 'old.json' })).rejects.toThrow('EISDIR');
    const own = filesInMemory({ 'tsconfig.json': '{ //', 'config.json': '{ //' });
    await expect(recognizeForeign(own, { where: 'x' })).rejects.toThrow(
      /^x\/config\.json: must be JSON/,
    );
  });

  it('finds a model among the files of a large data set, and looks at some of those alone', async () => {
    const { files } = foreignModel('espnet');
    const names = Array.from({ length: 100_000 }, (_, i) => `utterance-${i}.json`);
    let read = 0;
    const beside = (more: readonly string[]): ForeignFiles => ({
      names: [...names, ...more],
      async read(name) {
        read++;
        return more.includes(name) ? files.read(name) : new TextEncoder().encode('{"text":"a"}');
      },
    });
    expect((await recognizeForeign(beside(files.names)))?.layout.name).toBe('espnet');
    read = 0;
    expect(await recognizeForeign(beside([]))).toBeUndefined();
    expect(read).toBe(64);
    read = 0;
    const large: ForeignFiles = {
      names,
      async read() {
        read++;
        return new TextEncoder().encode(`"${'a'.repeat(3 * 2 ** 20)}"`);
      },
    };
    expect(await recognizeForeign(large)).toBeUndefined();
    expect(read).toBe(6);
  });

  it('reads an archive in parts, and refuses one that leads out of itself', async () => {
    const { files } = foreignModel('nemo', 'torch');
    const entries = await Promise.all(
      files.names.map(async (name) => ({ name: `./${name}`, data: await files.read(name) })),
    );
    const large = { name: './optimizer.bin.old', data: new Uint8Array(3_000_000) };
    const tar = createTar([large, ...entries]);
    let bytes = 0;
    const whole = { names: ['voice.nemo'], read: () => Promise.reject(new Error('read whole')) };
    const found = await readForeign({
      ...whole,
      open: async () => ({
        size: tar.length,
        async read(start, end) {
          bytes += end - start;
          return tar.subarray(start, end);
        },
      }),
    });
    expect(found.layout.name).toBe('nemo');
    expect(bytes).toBeLessThan(1_000_000);
    const outside = createTar([...entries, { name: '../../etc/cron.yaml', data: 'a: 1' }]);
    const error = await failure(filesInMemory({ 'voice.nemo': outside }));
    expect(error.message).toMatch(/^voice\.nemo: not a readable tar.*a name that leads out of it/);
    const twice = createTar([...entries, { name: 'old/model_config.yaml', data: 'a: 1' }]);
    const two = await failure(filesInMemory({ 'voice.nemo': twice }));
    expect(two.message).toMatch(/must have one file of the name model_config\.yaml/);
  });

  it('reads files that were dropped into a page', async () => {
    const { files } = foreignModel('transformers-speecht5', 'torch');
    const dropped = await Promise.all(
      files.names.map(async (name) => new File([new Uint8Array(await files.read(name))], name)),
    );
    const { state } = await readForeign(filesOfBlobs(dropped));
    expect(state.get('ups.0.weight')?.shape).toEqual([16, 8, 8]);
  });

  it('takes the latest of several checkpoints, or the one that is named', async () => {
    const { model } = foreignModel('parallel-wavegan');
    const weights = writeSafetensors(stateOf(model));
    const files = filesInMemory({
      'config.yml': model.metadata.config,
      'checkpoint-9000steps.pkl': weights,
      'checkpoint-10000steps.pkl': weights,
    });
    expect((await recognizeForeign(files))?.weights).toBe('checkpoint-10000steps.pkl');
    const named = await recognizeForeign(files, { weights: 'checkpoint-9000steps.pkl' });
    expect(named?.weights).toBe('checkpoint-9000steps.pkl');
  });

  it('knows what versions of transformers before 5 saved: all are hifigan there', async () => {
    for (const name of ['transformers-speecht5', 'transformers-conformer']) {
      const before = (config: { model_type: string; vocoder_config?: { model_type: string } }) => {
        const own = config.vocoder_config ?? config;
        own.model_type = 'hifigan';
      };
      const files = changed(name, { config: before as never });
      expect((await readForeign(files)).layout.name).toBe('transformers');
    }
  });

  it('takes module. of a parallel training away', async () => {
    const files = changed('transformers-speecht5', {
      state(arrays) {
        for (const [name, array] of [...arrays]) {
          arrays.delete(name);
          arrays.set(`module.${name}`, array);
        }
      },
    });
    expect((await readForeign(files)).state.has('conv_pre.weight')).toBe(true);
  });
});
