import { ConfigError, type DerivedConfig, deriveConfig, type HifiGanConfig } from '@hifigan/config';
import { Argument, type Command } from 'commander';
import { type Context, pathOf } from '../context.js';
import { UsageError } from '../errors.js';
import { PRESET_NAMES, presetMeant, presetOf } from '../files/load-config.js';
import { refuseExisting, writeAtomic } from '../files/write-atomic.js';
import { addForceOption, numberBetween, wholeNumber } from '../options.js';
import { table } from '../terminal/format.js';

interface Options {
  readonly out: string;
  readonly force?: boolean;
  readonly samplingRate?: number;
  readonly hop?: number;
  readonly nFft?: number;
  readonly win?: number;
  readonly mels?: number;
  readonly fmin?: number;
  /** Commander takes null for nothing. */
  readonly fmax?: number | 'null';
}

/** `hifigan config init [preset] --sampling-rate N --hop N`. */
export function registerConfigInit(config: Command, context: Context): void {
  const { console } = context;
  // What is small, large or a fraction, the solver explains better.
  const any = numberBetween(0, Number.MAX_SAFE_INTEGER);
  addForceOption(
    config
      .command('init')
      .description('write a preset, complete, to begin with; or one for another rate or hop')
      .addArgument(
        new Argument(
          '[preset]',
          'v1 (best), v2 (small), v3 (fast); v1-16k and its like: v1 at that sampling rate',
        ).default('v1'),
      )
      .option('-o, --out <file>', 'where to', '-')
      .option('--sampling-rate <hz>', 'all that depends on it is solved for, and told', any)
      .option('--hop <samples>', 'of a mel frame (default: of about the preset’s duration)', any)
      .option('--n-fft <samples>', 'of the Fourier transform', wholeNumber(2))
      .option('--win <samples>', 'of the window', wholeNumber(2))
      .option('--mels <count>', 'bands', wholeNumber(1))
      .option('--fmin <hz>', 'lower edge of the bands', numberBetween(0, 1e6))
      .option('--fmax <hz>', 'upper edge of the bands; null: half the sampling rate', hertzOrNull),
  ).action(async (preset: string, { out, force, ...wanted }: Options) => {
    const { config, choices, notices } = solve(basePreset(preset), wanted);
    const path = out === '-' ? undefined : pathOf(context, out);
    if (path !== undefined) await refuseExisting(path, force === true);
    if (!console.json && choices.length > 0) {
      console.note(
        table(
          choices.map(({ path, value, reason }) => [`${path} ${JSON.stringify(value)}`, reason]),
        ),
      );
    }
    for (const notice of notices) console.warn(notice);
    const text = formatConfig(config);
    if (path === undefined) {
      return console.result(
        console.json ? JSON.stringify({ preset, config, choices, notices }) : text.trimEnd(),
      );
    }
    await writeAtomic(path, text);
    await console.result(
      console.json ? JSON.stringify({ file: out, preset, choices, notices }) : out,
    );
  });
}

/** @throws UsageError with those that there are */
function basePreset(typed: string): HifiGanConfig {
  const preset = presetOf(typed);
  if (preset) return preset;
  throw new UsageError(
    `config init ${typed}: must be a preset, because it begins with one: ${PRESET_NAMES}${presetMeant(typed)}`,
  );
}

/** The preset as it is, where nothing else is asked for. @throws UsageError where what is asked for cannot be */
function solve(
  base: HifiGanConfig,
  { hop, win, mels, fmax, ...others }: Omit<Options, 'out' | 'force'>,
): DerivedConfig {
  const asked = {
    ...others,
    ...{ hopSize: hop, winSize: win, numMels: mels },
    fmax: fmax === 'null' ? null : fmax,
  };
  if (Object.values(asked).every((value) => value === undefined)) {
    return { config: base, choices: [], notices: [] };
  }
  try {
    return deriveConfig({ base, ...asked, where: 'config init' });
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(error.message, { cause: error }) : error;
  }
}

function hertzOrNull(text: string): number | 'null' {
  return text === 'null' ? text : numberBetween(0, 1e6)(text);
}

/** JSON as the reference's files are written: one key a line, lists in one line. */
function formatConfig(config: object): string {
  const lines = Object.entries(config).map(
    ([key, value]) => `    ${inLine(key)}: ${inLine(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function inLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inLine).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${inLine(key)}: ${inLine(item)}`);
  return `{ ${entries.join(', ')} }`;
}
