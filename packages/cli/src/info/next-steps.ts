import type { LayoutName } from '@hifigan/models';

/** What one may do next with a generator, in a line: what speaks, what makes a bundle of it, and what lacks. */
export interface NextSteps {
  readonly next: string;
}

/** A generator that has all that it needs. @param typed as the user named it */
export function nextOfModel(typed: string): NextSteps {
  return {
    next: `hifigan synth MEL.npy -o OUT.wav --checkpoint ${typed} (or recordings); hifigan convert ${typed} BUNDLE; hifigan export ${typed} -o OUT.onnx`,
  };
}

/** A bundle, which has all that it needs. @param typed as the user named it */
export function nextOfBundle(typed: string): NextSteps {
  return {
    next: `hifigan synth MEL.npy -o OUT.wav --checkpoint ${typed} (or recordings); hifigan export ${typed} -o OUT.onnx`,
  };
}

/** A training run. @param typed as the user named it */
export function nextOfRun(typed: string): NextSteps {
  return {
    next: `hifigan synth MEL.npy -o OUT.wav --checkpoint ${typed} (or recordings; ${typed}:best is the best in validation); hifigan report ${typed} -o REPORT.html; hifigan pack ${typed} -o BUNDLE`,
  };
}

/** A generator with weights that are no numbers. */
export function nextOfSpoilt(): NextSteps {
  return { next: 'none: weights that are no numbers make no sound; take an earlier checkpoint' };
}

/** What each program calls the configuration beside its weights. */
const CONFIGS: Readonly<Record<LayoutName, string>> = {
  reference: 'config.json',
  transformers: 'config.json',
  coqui: 'config.json',
  'parallel-wavegan': 'config.yml',
  espnet: 'config.yaml',
  nemo: 'model_config.yaml',
};

/** Weights that lie alone. */
export function nextOfLoneWeights(typed: string, layout: LayoutName): NextSteps {
  const place = typed === '-' ? 'FILE' : typed;
  return {
    next: `its configuration is missing, which tells the sampling rate and the mel: put ${CONFIGS[layout]} beside it, or name it: hifigan synth MEL.npy -o OUT.wav --checkpoint ${place} --config CONFIG`,
  };
}

/** An exported file. @param isWhole whether it says, or has beside it, which configuration it belongs to */
export function nextOfExported(
  typed: string,
  { kind, isWhole }: { readonly kind: 'onnx' | 'savedmodel'; readonly isWhole: boolean },
): NextSteps {
  const config = isWhole ? '' : ' --config CONFIG';
  const [program, by] =
    kind === 'onnx'
      ? ['hifigan', 'onnxruntime-node or onnxruntime-web, which must be installed']
      : ['hifigan-gpu', 'TensorFlow'];
  return {
    next: `${program} synth MEL.npy -o OUT.wav --checkpoint ${typed}${config} (by ${by}); what it was exported from can be converted, it cannot`,
  };
}
