export { activateTensorflow } from './activate.js';
export type { AddonRecord, NoAddon } from './addon-cache.js';
export {
  cacheFolder,
  findAddon,
  findWholeAddon,
  missingTensorflow,
  RECORD_VERSION,
  recordPath,
} from './addon-cache.js';
export type { LoadOptions } from './load.js';
export { loadTensorflow, TensorflowUnavailableError } from './load.js';
export { LIBRARIES, NATIVE_SOURCES, OWN_OPS, PROCESS } from './native-modules.js';
export type { SavedModel } from './saved-model.js';
export { openSavedModel } from './saved-model.js';
