import { registerTensorflowKernels } from '@hifigan/backend-tensorflow';
import { loadTensorflow } from '@hifigan/backend-tensorflow/node';

// A process of its own: a native library that does not load may end the process it is loaded into.
// Argument: path of the addon. Prints a KernelRegistration as JSON;
// all that the library tells stands in the error where it fails.
const module = loadTensorflow({
  from: import.meta.url,
  addon: process.argv[2],
  logLevel: 0,
});
process.stdout.write(JSON.stringify(registerTensorflowKernels(module)));
