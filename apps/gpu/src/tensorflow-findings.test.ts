import { describe, expect, it } from 'vitest';
import { type TensorflowState, tensorflowFindings } from './tensorflow-findings.js';

const STATE: TensorflowState = {
  addon: {
    version: 1,
    addon: '/c/addon/tfjs_binding.node',
    tfjs: '4.22.0',
    tensorflow: { version: '2.21.0', folder: '/c/tensorflow', kind: 'cuda' },
  },
  ownOps: true,
  cache: '/c',
  free: 9e9,
  gpuSeen: true,
  registration: { kernels: ['A', 'B'], refused: [], device: 'gpu' },
  env: { TF_ENABLE_ONEDNN_OPTS: '1' },
};

/** Of a state that differs, what is found by name. */
function found(changes: Partial<TensorflowState> = {}) {
  const findings = tensorflowFindings({ ...STATE, ...changes });
  return Object.fromEntries(findings.map(({ name, ...rest }) => [name, rest]));
}

describe('what doctor tells of TensorFlow', () => {
  it('where all is well', () => {
    const findings = found();
    expect(Object.keys(findings)).toEqual([
      ...['addon', 'TensorFlow', 'oneDNN', 'threads', 'GPU', 'kernels', 'own ops', 'cache'],
    ]);
    expect(Object.values(findings).every(({ ok }) => ok)).toBe(true);
    expect(findings.TensorFlow.found).toBe('2.21.0, for CUDA, /c/tensorflow');
    expect(findings.addon.found).toContain('tfjs-node-gpu 4.22.0');
    expect(findings.GPU.found).toBe('used');
    expect(findings.kernels.found).toBe('2 of 2 on the native library');
    expect(findings.cache.found).toBe('/c, 9.0 GB free');
  });

  it('without an addon: what to do, and whether there is room for it', () => {
    const addon = { reason: 'no native addon in /c', todo: 'build it: hifigan-gpu setup' };
    const without = { addon, registration: undefined };
    expect(found(without)).toEqual({
      addon: { ok: false, found: 'no native addon in /c', todo: 'build it: hifigan-gpu setup' },
      GPU: { ok: true, found: expect.stringContaining('setup fetches a TensorFlow for it') },
      cache: { ok: true, found: '/c, 9.0 GB free' },
    });
    expect(found({ ...without, free: 1e9 }).cache).toMatchObject({
      ok: false,
      why: expect.stringContaining('8 GB'),
      todo: expect.stringContaining('HIFIGAN_CACHE'),
    });
    const unwritable = '/c: cannot be written, because it is read-only; choose another place';
    expect(found({ ...without, unwritable }).cache).toEqual({
      ...{ ok: false, optional: true, found: '/c, 9.0 GB free', why: unwritable },
      todo: expect.stringContaining('HIFIGAN_CACHE'),
    });
    // What is built already may lie in a folder that nobody writes.
    expect(found({ unwritable }).cache.ok).toBe(true);
    // Of a disk that is full, too, nothing is to be built any more where all is there.
    expect(found({ free: 0 }).cache.ok).toBe(true);
  });

  it('an addon that does not start is not called fine', () => {
    expect(found({ registration: undefined }).addon).toMatchObject({
      ...{ ok: false, why: expect.stringContaining('does not start') },
      found: expect.stringContaining('/c/addon/tfjs_binding.node'),
    });
  });

  const onCpu = { kernels: ['A'], refused: [], device: 'cpu' } as const;
  it('a GPU that is there and not used, by its reason', () => {
    expect(found({ registration: onCpu }).GPU).toMatchObject({
      ...{ ok: false, optional: true },
      todo: expect.stringContaining('nvidia-smi'),
    });
    const tensorflow = { version: '2.21.0', folder: '/c', kind: 'cpu' } as const;
    const addon = { ...STATE.addon, tensorflow } as TensorflowState['addon'];
    expect(found({ registration: onCpu, addon }).GPU).toMatchObject({
      ...{ ok: false, why: 'this TensorFlow is one for CPUs' },
      todo: 'hifigan-gpu setup --cuda',
    });
    expect(found({ registration: onCpu, gpuSeen: false }).GPU).toEqual({
      ok: true,
      found: expect.stringMatching(/^none seen/),
    });
  });

  it('what runs more slowly than it could', () => {
    const refused = [{ kernel: 'B', reason: 'no such op' }];
    expect(found({ registration: { kernels: ['A'], refused, device: 'gpu' } }).kernels).toEqual({
      ...{ ok: false, optional: true, found: '1 of 2 on the native library' },
      ...{ why: 'B: no such op', todo: expect.stringContaining('setup --force') },
    });
    expect(found({ ownOps: false })['own ops']).toMatchObject({
      ...{ ok: false, optional: true, todo: 'hifigan-gpu setup --force' },
      found: 'not built (kernels.node is not in /c/addon)',
    });
    expect(found({ env: { TF_ENABLE_ONEDNN_OPTS: '0' } }).oneDNN).toMatchObject({
      ...{ ok: false, optional: true },
      todo: 'unset TF_ENABLE_ONEDNN_OPTS',
    });
    expect(found({ env: { TF_NUM_INTRAOP_THREADS: '3' } }).threads.found).toBe('3');
  });
});
