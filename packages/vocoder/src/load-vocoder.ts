import { type Bundle, profileOf } from './bundle.js';
import { BundleError } from './bundle-error.js';
import { bundleFileNames } from './bundle-files.js';
import type { BundleSource } from './bundle-source.js';
import { checkGolden, GoldenError } from './check-golden.js';
import { checkEngine, checkEngineFactory, checkOptions } from './check-kinds.js';
import type { Engine } from './engine.js';
import { makeVocoder } from './make-vocoder.js';
import { checkVerification, openBundle } from './open-bundle.js';
import { checkRefine } from './refinement.js';
import { tfjsEngine } from './tfjs-engine.js';
import { untilAborted } from './until-aborted.js';
import type { LoadVocoderOptions, Vocoder } from './vocoder.js';

/** `Vocoder.load`. */
export async function loadVocoder(
  source: Bundle | BundleSource,
  options: LoadVocoderOptions = {},
): Promise<Vocoder> {
  checkOptions('Vocoder.load', options);
  const { engine = tfjsEngine, where = 'generator', verify = 'hashes', signal } = options;
  checkEngineFactory(engine);
  checkVerification('Vocoder.load', verify);
  signal?.throwIfAborted();
  const bundle = isOpen(source) ? source : await openBundle(source, { verify, signal });
  signal?.throwIfAborted();
  const { config, card } = bundle;
  // Not at each call: who calls may not have made the card.
  const { refine = 0, phases } = card ?? {};
  checkRefine(`${where}: card`, { refine, phases }, profileOf(bundle), config);
  const made = await engineUntilAborted(engine(bundle, where), signal);
  checkEngine(made);
  const vocoder = makeVocoder(bundle, made, where);
  try {
    signal?.throwIfAborted();
    if (verify === 'golden') await proveGolden(vocoder, bundle, { where, signal });
    return vocoder;
  } catch (error) {
    await vocoder.dispose();
    throw error;
  }
}

/** An engine; where the signal comes first, its reason, and nothing stays of an engine that comes later. */
async function engineUntilAborted(
  making: Promise<Engine>,
  signal: AbortSignal | undefined,
): Promise<Engine> {
  try {
    return await untilAborted(making, signal);
  } catch (error) {
    if (signal?.aborted) {
      // Whatever comes of that, who loads has been told why there is no voice.
      Promise.resolve(making)
        .then((late) => late.dispose())
        .catch(() => {});
    }
    throw error;
  }
}

function isOpen(source: Bundle | BundleSource): source is Bundle {
  return typeof source === 'object' && source !== null && 'weights' in source && 'config' in source;
}

async function proveGolden(
  vocoder: Vocoder,
  bundle: Bundle,
  { where, signal }: { readonly where: string; readonly signal?: AbortSignal },
): Promise<void> {
  const { manifest, golden, filesChecked = false } = bundle;
  if (!manifest || !golden) {
    throw new BundleError(where, [
      `has no ${bundleFileNames.manifest} and so no golden output to be checked by; renew the bundle with hifigan pack, or load it with verify "hashes"`,
    ]);
  }
  const expected = await golden();
  signal?.throwIfAborted();
  const check = await checkGolden(vocoder, expected, manifest.golden.tolerance);
  signal?.throwIfAborted();
  if (!check.ok) throw new GoldenError(where, check, filesChecked);
}
