import type { ActivationName, Conv1dGeometry } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dispatch, type ProgramBackend } from '../program.js';
import { convolutionShader, keyOf } from './shader.js';
import {
  channelsOf,
  positionsOf,
  THREADS,
  type TilingQuestion,
  tilingFor,
  workgroupsOf,
} from './tiling.js';

/** A convolution, or the transposed one, with all that is computed along with it. */
export interface Convolution {
  /** Of the kernel, for the program's key and messages. */
  readonly name: string;
  readonly transposed: boolean;
  /** `[batch, time, inChannels]`: what is read. Of a transposed one, that is what its twin would put out. */
  readonly x: TensorInfo;
  /**
   * `[kernelSize, inChannels / groups, outChannels]`; of a transposed one `[kernelSize, outChannels / groups,
   * inChannels]`, as its twin has it.
   */
  readonly filter: TensorInfo;
  /** `[outChannels]`, added to each position. */
  readonly bias?: TensorInfo;
  /** `[batch, outTime, outChannels]`, added before the activation. */
  readonly residual?: TensorInfo;
  readonly geometry: Conv1dGeometry;
  /**
   * Samples of the output along time. A transposed one computes them by positions, of which each gives `stride`
   * samples, one for each phase.
   */
  readonly outTime: number;
  readonly outChannels: number;
  readonly preActivationSlope: number;
  readonly activation: ActivationName;
  readonly activationSlope: number;
}

/** Computes it in one dispatch. */
export function convolve(backend: ProgramBackend, convolution: Convolution): TensorInfo {
  const { name, transposed, x, filter, bias, residual, geometry, outTime, outChannels } =
    convolution;
  const { preActivationSlope, activation, activationSlope } = convolution;
  const { stride, dilation, groups, padLeft } = geometry;
  const [batch, time, inChannels] = x.shape as [number, number, number];
  const kernelSize = filter.shape[0]!;
  const [inGroup, outGroup] = [inChannels / groups, outChannels / groups];

  const common = greatestCommonDivisor(stride, dilation);
  const tapEvery = transposed ? stride / common : 1;
  const steps = transposed
    ? {
        positions: Math.floor((outTime - 1 + padLeft) / stride) + 1,
        rowStep: 1,
        tapStep: -dilation / common,
      }
    : { positions: outTime, rowStep: stride, tapStep: dilation };
  const taps = Math.ceil(kernelSize / tapEvery);
  const phases = transposed ? stride : 1;
  const question: TilingQuestion = {
    ...steps,
    batch,
    inGroup,
    outGroup,
    taps,
    problems: groups * phases,
  };
  const tiling = tilingFor(question);
  const rows = tiling.window ? steps.positions : batch * steps.positions;

  const shape = {
    tiling,
    transposed,
    wholeInputs: inGroup % 4 === 0,
    wholeOutputs: outGroup % 4 === 0,
    preActivation: preActivationSlope !== 1,
    bias: bias !== undefined,
    residual: residual !== undefined,
    activation,
  };
  const inputs4 = shape.wholeInputs ? 4 : 1;
  const outputs4 = shape.wholeOutputs ? 4 : 1;
  return dispatch(backend, {
    key: `${name} ${keyOf(shape)}`,
    code: () => convolutionShader(shape),
    inputs: [
      { name: 'x', tensor: x, components: inputs4 },
      { name: 'w', tensor: filter, components: transposed ? inputs4 : outputs4 },
      ...(bias ? [{ name: 'bias', tensor: bias, components: outputs4 } as const] : []),
      ...(residual ? [{ name: 'residual', tensor: residual, components: outputs4 } as const] : []),
    ],
    output: { shape: [batch, outTime, outChannels], components: outputs4 },
    uniforms: [
      ['batch', 'i32', batch],
      ['time', 'i32', time],
      ['outTime', 'i32', outTime],
      ['positions', 'i32', steps.positions],
      ['inGroup', 'i32', inGroup],
      ['outGroup', 'i32', outGroup],
      ['groups', 'i32', groups],
      ['phases', 'i32', phases],
      ['kernelSize', 'i32', kernelSize],
      ['taps', 'i32', taps],
      ['tapEvery', 'i32', tapEvery],
      ['tapStep', 'i32', steps.tapStep],
      ['rowStep', 'i32', steps.rowStep],
      ['stride', 'i32', stride],
      ['dilation', 'i32', dilation],
      ['padLeft', 'i32', padLeft],
      ['tilesWide', 'i32', Math.ceil(outGroup / channelsOf(tiling))],
      ['tilesHigh', 'i32', Math.ceil(rows / positionsOf(tiling))],
      ['preSlope', 'f32', preActivationSlope],
      ['postSlope', 'f32', activationSlope],
    ],
    workgroups: workgroupsOf(question, tiling),
    threads: THREADS,
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
