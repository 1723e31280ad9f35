export type { NativeBackend, NativeBinding } from './native-ops.js';
export type { KernelRegistration, TensorflowModule } from './register.js';
export { BACKEND_NAME, registerTensorflowKernels } from './register.js';
