import { onBackendsWithKernels } from '@hifigan/test-backends';
import { expect, test } from 'vitest';
import { noiseBetween, traceOf } from '../exact-resume.js';

onBackendsWithKernels((backend) => {
  test('a hundred losses with the discriminators after a resume, beside the noise between two runs never stopped', async () => {
    const run = { steps: 103, adversarialStart: 1 };
    const whole = await traceOf({ ...run, stops: [] });
    const pieces = await traceOf({ ...run, stops: [3] });
    const resumed = noiseBetween(whole, pieces);
    // Where nothing differs there is nothing to excuse.
    const noise = resumed === 0 ? 0 : noiseBetween(whole, await traceOf({ ...run, stops: [] }));
    console.log(
      `${backend}: losses of 103 steps differ by ${resumed} after a resume` +
        (resumed === 0 ? '' : `, by ${noise} between two runs never stopped`),
    );
    expect(resumed).toBeLessThanOrEqual(noise);
    if (noise > 0) return;
    for (const [half, bytes] of whole.checkpoint.entries()) {
      expect(bytes.equals(pieces.checkpoint[half]), `half ${half} of the checkpoint`).toBe(true);
    }
  });
});
