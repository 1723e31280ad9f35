import type { AdamWAttributes, AdamWInputs } from '@hifigan/ops';
import type { TensorInfo } from '@tensorflow/tfjs-core';
import type { NativeOps, NativeTensor, Workspace } from './native-ops.js';

/**
 * TensorFlow's reserved name for a variable of its own in every call
 * (`ResourceHandle::ANONYMOUS_NAME`); any other name would be shared by all that use it.
 */
const ANONYMOUS = 'cd2c89b7-88b7-44c8-ad83-06c2a9158347';

/** The native library's variables that an update passes through: parameter, first and second moment. */
export type UpdateVariables = readonly [NativeTensor, NativeTensor, NativeTensor];

/** Makes the three variables; they are used again for every update, whatever its shape. */
export function updateVariables(native: NativeOps): UpdateVariables {
  const attributes = [
    native.string('container', ''),
    native.string('shared_name', ANONYMOUS),
    native.floatType('dtype'),
    // Only a claim about the value, which nothing checks op by op.
    native.shape('shape', []),
  ];
  const make = (work: Workspace) => {
    const variable = work.op('VarHandleOp', attributes, []);
    work.disown(variable);
    return variable;
  };
  let variables: UpdateVariables | undefined;
  native.run((work) => {
    variables = [make(work), make(work), make(work)];
    return [];
  });
  return variables as UpdateVariables;
}

/**
 * The kernel `ADAMW_UPDATE` of `@hifigan/ops`, by the library's own Adam: one pass over the four
 * arrays on all threads, where the sum of elementwise ops takes ten (84 million parameters, two cores:
 * 0.12 s for 0.38 s). That op updates variables in place; values go in and out of them without a copy,
 * and it copies what others hold, so the inputs stay as they are.
 */
export function adamWUpdate(
  native: NativeOps,
  variables: UpdateVariables,
  inputs: AdamWInputs<TensorInfo>,
  attributes: AdamWAttributes,
): TensorInfo[] {
  const { learningRate, beta1, beta2, epsilon, weightDecay, step } = attributes;
  const beta1Power = beta1 ** step;
  const beta2Power = beta2 ** step;
  // TensorFlow adds epsilon before the second moment's bias is corrected, PyTorch after it.
  const epsilonBefore = epsilon * Math.sqrt(1 - beta2Power);

  return native.run((work) => {
    const type = [native.floatType('dtype')];
    const assign = (index: number, value: NativeTensor) =>
      work.ops('AssignVariableOp', type, [variables[index], value], 0);

    const kept = work.scalar(1 - learningRate * weightDecay);
    const decayed = work.op('Mul', [], [work.input(inputs.parameter), kept]);
    assign(0, decayed);
    // The variable is its only holder now, so the update needs no copy of it.
    work.release(decayed);
    assign(1, work.input(inputs.firstMoment));
    assign(2, work.input(inputs.secondMoment));
    const scalars = [beta1Power, beta2Power, learningRate, beta1, beta2, epsilonBefore];
    work.ops(
      'ResourceApplyAdam',
      [native.bool('use_locking', false), native.bool('use_nesterov', false)],
      [...variables, ...scalars.map((value) => work.scalar(value)), work.input(inputs.gradient)],
      0,
    );
    return variables.map((variable) => work.op('ReadVariableOp', type, [variable]));
  });
}
