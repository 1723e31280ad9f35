export type {
  ActivationName,
  AdamWAttributes,
  AdamWInputs,
  Conv1dAttributes,
  Conv1dBackpropFilterAttributes,
  Conv1dGeometry,
  Conv1dInputs,
  Conv1dTransposeAttributes,
} from './kernel-names.js';
export {
  ADAMW_UPDATE,
  CONV1D,
  CONV1D_BACKPROP_FILTER,
  CONV1D_TRANSPOSE,
} from './kernel-names.js';
