import { grid } from '../terminal/format.js';
import type { GeneratorPlan, PlannedStep } from './generator-plan.js';

/** A drawing of a generator out of letters: time runs down from the mel to the audio, each line a step. */
export function generatorText(plan: GeneratorPlan): string {
  const { steps, mels, frameRate, samplingRate, receptiveField: field } = plan;
  const head = ['generator', '', 'channels', 'rate', 'a sample is', 'looks', 'weights', 'work'];
  const rows = [
    ['mel', `${mels} bands`, String(mels), hertz(frameRate), time(1 / frameRate), '', '', ''],
    ...steps.map((step) => [
      mark(step),
      words(step, plan),
      String(step.channels),
      hertz(step.rate),
      time(1 / step.rate),
      `±${time(step.reach)}`,
      short(step.parameters),
      `${(100 * step.share).toFixed(step.share < 0.0995 ? 1 : 0)}%`,
    ]),
    ['audio', 'tanh', '1', hertz(samplingRate), time(1 / samplingRate), '', '', ''],
  ];
  const all = field.before + 1 + field.after;
  return [
    grid(head, rows, [0, 1]),
    `a sample depends on ${all} frames, ${field.before} before and ${field.after} after its own: ${time(all / frameRate)}`,
    `${short(plan.parameters)} weights, ${operations(plan.operationsPerSecond)}`,
  ].join('\n');
}

function mark({ kind, factor, name }: PlannedStep): string {
  if (kind === 'upsampling') return `▼ × ${factor}`;
  return `│ ${kind === 'blocks' ? 'blocks' : name}`;
}

function words({ kind, name, kernels, dilations }: PlannedStep, { block }: GeneratorPlan): string {
  const list = (values: readonly number[]) => values.join(' ');
  if (kind !== 'blocks')
    return `${kind === 'upsampling' ? `${name}, ` : ''}kernel ${list(kernels)}`;
  const each = (dilations ?? []).map(list);
  const same = each.every((text) => text === each[0]);
  return `type ${block}, kernels ${list(kernels)}, dilations ${same ? each[0] : each.join(' / ')}`;
}

/** "86.1 Hz", "22050 Hz". */
export function hertz(rate: number): string {
  return `${rate >= 999.5 ? Math.round(rate) : Number(rate.toPrecision(3))} Hz`;
}

/** "11.6 ms", "45.4 µs". */
export function time(seconds: number): string {
  const [value, unit] =
    seconds >= 0.9995
      ? [seconds, 's']
      : seconds >= 0.9995e-3
        ? [1e3 * seconds, 'ms']
        : [1e6 * seconds, 'µs'];
  return `${Number(value.toPrecision(3))} ${unit}`;
}

/** "13.9M", "287k". */
export function short(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T'];
  let unit = 0;
  let size = value;
  while (unit < units.length - 1 && size >= 999.5) {
    size /= 1000;
    unit++;
  }
  return `${Number(size.toPrecision(3))}${units[unit]}`;
}

/** What a second of audio costs: "52.9 GFLOP". */
export function operations(perSecond: number): string {
  return `${Number((perSecond / 1e9).toPrecision(3))} GFLOP for a second of audio`;
}
