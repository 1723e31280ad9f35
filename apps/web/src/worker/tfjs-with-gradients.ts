/**
 * What training knows as `@tensorflow/tfjs` (`vite.config.ts`): tfjs-core with the gradients of the operations between the
 * spectral losses and a generator's weights. What `@hifigan/ops` computes brings its own; layers, converters, backends and the
 * other gradients would double the page. A gradient that is missing here ends the first step, with its name.
 */
import { registerGradient } from '@tensorflow/tfjs-core';
import { addGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Add_grad.js';
import { addNGradConfig } from '@tensorflow/tfjs-core/dist/gradients/AddN_grad.js';
import { batchMatMulGradConfig } from '@tensorflow/tfjs-core/dist/gradients/BatchMatMul_grad.js';
import { castGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Cast_grad.js';
import { concatGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Concat_grad.js';
import { logGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Log_grad.js';
import { maximumGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Maximum_grad.js';
import { multiplyGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Multiply_grad.js';
import { packGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Pack_grad.js';
import { padV2GradConfig } from '@tensorflow/tfjs-core/dist/gradients/PadV2_grad.js';
import { divGradConfig } from '@tensorflow/tfjs-core/dist/gradients/RealDiv_grad.js';
import { reshapeGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Reshape_grad.js';
import { sliceGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Slice_grad.js';
import { sqrtGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Sqrt_grad.js';
import { squareGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Square_grad.js';
import { subGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Sub_grad.js';
import { sumGradConfig } from '@tensorflow/tfjs-core/dist/gradients/Sum_grad.js';

export * from '@tensorflow/tfjs-core';

for (const gradient of [
  ...[addGradConfig, addNGradConfig, batchMatMulGradConfig, castGradConfig, concatGradConfig],
  ...[logGradConfig, maximumGradConfig, multiplyGradConfig, packGradConfig, padV2GradConfig],
  ...[
    divGradConfig,
    reshapeGradConfig,
    sliceGradConfig,
    sqrtGradConfig,
    squareGradConfig,
    subGradConfig,
  ],
  sumGradConfig,
]) {
  registerGradient(gradient);
}
