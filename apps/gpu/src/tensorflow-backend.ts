import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  activateTensorflow,
  cacheFolder,
  findWholeAddon,
  missingTensorflow,
  OWN_OPS,
} from '@hifigan/backend-tensorflow/node';
import { type Backend, freeSpace } from '@hifigan/cli';
import { FolderError, probeFolder } from '@hifigan/train/node';
import { graphEngine, savedModelEngine } from './graph-engine.js';
import { seesNvidiaGpu } from './setup/tensorflow-library.js';
import { tensorflowFindings } from './tensorflow-findings.js';

/** The backend `tensorflow` as the command line takes it. */
export const tensorflowBackend: Backend = {
  name: 'tensorflow',
  description: 'native TensorFlow, on a CPU or a GPU',

  /** Whether `setup` has been run. Loads nothing. */
  async available() {
    const reason = missingTensorflow();
    return reason === undefined ? { ok: true } : { ok: false, reason };
  },

  async activate({ threads }) {
    await activateTensorflow({ from: import.meta.url, threads });
  },

  async device() {
    // Active already: this only asks.
    const { device } = await activateTensorflow({ from: import.meta.url });
    return `native TensorFlow, on ${device === 'gpu' ? 'a GPU' : 'the CPU'}`;
  },

  engine: (onWarning) => graphEngine(onWarning),

  openSavedModel: (folder, config) => savedModelEngine(folder, config),

  async inspect({ active }) {
    const addon = findWholeAddon();
    const cache = cacheFolder();
    return tensorflowFindings({
      addon,
      cache,
      ownOps: 'addon' in addon && existsSync(join(dirname(addon.addon), OWN_OPS)),
      unwritable: refusalOf(cache),
      free: await freeSpace(cache),
      gpuSeen: seesNvidiaGpu(),
      // Active already: this only asks.
      registration: active ? await activateTensorflow({ from: import.meta.url }) : undefined,
      env: process.env,
    });
  },
};

/** Why nothing can be written into a folder; nothing where it can. */
function refusalOf(folder: string): string | undefined {
  try {
    probeFolder(folder);
    return undefined;
  } catch (error) {
    if (error instanceof FolderError) return error.message;
    throw error;
  }
}
