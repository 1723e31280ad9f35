import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readModel } from '../model/read-model.js';
import { quietContext } from '../testing/context.js';
import { inSynthWorkshop } from '../testing/synth.js';
import { checkFiles } from './check-files.js';

it('holds against the model what no weight shows', () =>
  inSynthWorkshop(async (cwd) => {
    const context = quietContext(cwd);
    const { bundle } = await readModel(context, 'run');
    const name = 'g_00000100.safetensors';
    const check = (original: typeof bundle) =>
      checkFiles(context, (part) => join(cwd, 'run', part), original, {
        ...{ target: 'safetensors', name },
      });
    expect(await check(bundle)).toMatchObject({ difference: 0 });
    const { config } = bundle;
    const dilations = config.resblock_dilation_sizes.map((block) => block.map((one) => one + 1));
    const dilated = { ...bundle, config: { ...config, resblock_dilation_sizes: dilations } };
    await expect(check(dilated)).rejects.toThrow(
      /but resblock_dilation_sizes is \[\[\d+,.*, where /,
    );
    const faster = { ...bundle, config: { ...config, sampling_rate: 8001 } };
    await expect(check(faster)).rejects.toThrow(/but sampling_rate is 8000, where it was 8001/);
    const [mean, scale] = [0, 1].map((value) => new Float32Array(config.num_mels).fill(value));
    await expect(check({ ...bundle, statistics: { mean, scale } })).rejects.toThrow(
      /but statistics is not there, where it was there/,
    );
  }));
