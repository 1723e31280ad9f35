import { dirname } from 'node:path';
import type { KernelRegistration } from '@hifigan/backend-tensorflow';
import { type AddonRecord, type NoAddon, OWN_OPS } from '@hifigan/backend-tensorflow/node';
import type { Finding } from '@hifigan/cli';

/** What is known of the native library here. */
export interface TensorflowState {
  /** The addon that `setup` built, or why there is none that can be loaded. */
  readonly addon: AddonRecord | NoAddon;
  /** Whether our C++ ops were built beside the addon. */
  readonly ownOps: boolean;
  readonly cache: string;
  /** Why nothing can be written there, if so. */
  readonly unwritable?: string;
  /** Bytes; undefined where the system does not say. */
  readonly free?: number;
  /** Whether an NVIDIA driver is loaded. */
  readonly gpuSeen: boolean;
  /** Where the backend is active. */
  readonly registration?: KernelRegistration;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A TensorFlow for CUDA and what is unpacked of it. */
const SETUP_SPACE = 8e9;

/** What the backend `tensorflow` is made of here, for `doctor`. */
export function tensorflowFindings(state: TensorflowState): readonly Finding[] {
  const { addon, registration } = state;
  if ('reason' in addon) {
    const { reason: found, todo } = addon;
    return [{ name: 'addon', ok: false, found, todo }, gpu(state), cache(state)];
  }
  const { tfjs, tensorflow } = addon;
  const found = `of @tensorflow/tfjs-node-gpu ${tfjs}, ${addon.addon}`;
  return [
    registration
      ? { name: 'addon', ok: true, found }
      : { name: 'addon', ok: false, found, why: 'it does not start, for the reason above' },
    {
      ...{ name: 'TensorFlow', ok: true },
      found: `${tensorflow.version}, ${KINDS[tensorflow.kind]}, ${tensorflow.folder}`,
    },
    ...(registration ? [oneDnn(state), threads(state)] : []),
    gpu(state),
    ...(registration ? [kernels(registration), ownOps(state)] : []),
    cache(state),
  ];
}

const KINDS = {
  cpu: 'for CPUs',
  cuda: 'for CUDA',
  own: 'as it was found',
} as const;

function oneDnn({ env }: TensorflowState): Finding {
  const name = 'oneDNN';
  if (env.TF_ENABLE_ONEDNN_OPTS !== '0') return { name, ok: true, found: 'on' };
  return {
    ...{ name, ok: false, optional: true, found: 'off (TF_ENABLE_ONEDNN_OPTS=0)' },
    why: 'a CPU computes more slowly, and has no gradients of dilated and grouped convolutions',
    todo: 'unset TF_ENABLE_ONEDNN_OPTS',
  };
}

function threads({ env }: TensorflowState): Finding {
  return { name: 'threads', ok: true, found: env.TF_NUM_INTRAOP_THREADS ?? 'all processors' };
}

/** What there is, and whether it is used. */
function gpu({ addon, gpuSeen, registration }: TensorflowState): Finding {
  const name = 'GPU';
  const used = registration?.device === 'gpu';
  if (used) return { name, ok: true, found: 'used' };
  if (!gpuSeen) return { name, ok: true, found: 'none seen (no NVIDIA driver); the CPU computes' };
  if ('reason' in addon) {
    return {
      name,
      ok: true,
      found: 'an NVIDIA driver is loaded; setup fetches a TensorFlow for it',
    };
  }
  const found = 'an NVIDIA driver is loaded, but TensorFlow does not use it';
  if (!registration) return { name, ok: true, found: 'an NVIDIA driver is loaded' };
  return addon.tensorflow.kind === 'cpu'
    ? {
        ...{ name, ok: false, optional: true, found },
        why: 'this TensorFlow is one for CPUs',
        todo: 'hifigan-gpu setup --cuda',
      }
    : {
        ...{ name, ok: false, optional: true, found },
        why: 'the driver is too old for its CUDA, another program holds the GPU, or CUDA_VISIBLE_DEVICES hides it',
        todo: 'look at nvidia-smi; TF_CPP_MIN_LOG_LEVEL=0 hifigan-gpu doctor has TensorFlow tell why',
      };
}

function kernels({ kernels: registered, refused }: KernelRegistration): Finding {
  const name = 'kernels';
  const found = `${registered.length} of ${registered.length + refused.length} on the native library`;
  if (refused.length === 0) return { name, ok: true, found };
  return {
    ...{ name, ok: false, optional: true, found },
    why: refused.map(({ kernel, reason }) => `${kernel}: ${reason}`).join('; '),
    todo: 'nothing: plain operations stand in, more slowly. A newer TensorFlow may have them: hifigan-gpu setup --force',
  };
}

function ownOps({ ownOps: built, addon }: TensorflowState): Finding {
  const name = 'own ops';
  if (built) return { name, ok: true, found: 'built' };
  const place = 'reason' in addon ? '' : ` (${OWN_OPS} is not in ${dirname(addon.addon)})`;
  return {
    ...{ name, ok: false, optional: true, found: `not built${place}` },
    why: 'weight norm and AdamW go over the weights several times',
    todo: 'hifigan-gpu setup --force',
  };
}

/** Only where something is still to be built is anything written. */
function cache({ cache: folder, free, addon, unwritable }: TensorflowState): Finding {
  const name = 'cache';
  const found = `${folder}${free === undefined ? '' : `, ${(free / 1e9).toFixed(1)} GB free`}`;
  if ('reason' in addon && unwritable !== undefined) {
    return {
      ...{ name, ok: false, optional: true, found, why: unwritable },
      todo: 'name a folder that can be written: HIFIGAN_CACHE',
    };
  }
  if (!('reason' in addon) || free === undefined || free >= SETUP_SPACE) {
    return { name, ok: true, found };
  }
  return {
    ...{ name, ok: false, optional: true, found },
    why: `setup may need ${SETUP_SPACE / 1e9} GB, where it fetches a TensorFlow for CUDA`,
    todo: 'free some space, or name a folder on another disk: HIFIGAN_CACHE',
  };
}
