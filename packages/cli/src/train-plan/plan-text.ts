import { basename } from 'node:path';
import type { NamedShape } from '@hifigan/train/node';
import { byteSize, counted, duration, table } from '../terminal/format.js';
import type { ToldPlan } from './tell-plan.js';

/** Recordings that are named; of more, how many there are. */
const MOST_NAMED = 3;

/** A plan in words, a row each. */
export function planText(plan: ToldPlan): string {
  const { parameters, adversarialStart, steps } = plan;
  return table([
    ...dataRows(plan),
    ['epoch', `${counted(plan.stepsPerEpoch, 'step')}${over(plan)}`],
    ...(plan.from ? [fromRow(plan.from, steps)] : []),
    ['end', `${counted(steps, 'step')}, ${counted(plan.epochs, 'epoch')}`],
    [
      'batch',
      `${counted(plan.batchSize, 'segment')} of ${plan.audioShape[1].toLocaleString('en')} samples, ${plan.segmentSeconds.toFixed(3)} s`,
    ],
    ['mel', `[${plan.melShape.join(', ')}] (batch, frames, bands)${origin(plan)}`],
    ['stages', plan.generatorShapes.map(shapeOf).join(' → ')],
    ['audio', `[${plan.audioShape.join(', ')}] (batch, samples, 1)`],
    ['reading', reading(plan)],
    ['at a time', counted(plan.microBatch, 'clip')],
    ['periods', inputs(plan.discriminatorInputs, 'period')],
    ['scales', inputs(plan.discriminatorInputs, 'scale')],
    [
      'generator',
      `${counted(plan.generatorWeights, 'weight')}, trained as ${counted(parameters.generator, 'parameter')} (weight norm apart)`,
    ],
    [
      'discriminators',
      `${counted(parameters.mpd, 'parameter')} (periods) and ${parameters.msd.toLocaleString('en')} (scales)${joining(adversarialStart, steps)}`,
    ],
    ['memory', memoryText(plan)],
    ['beside it', besideText(plan)],
    ...timeRows(plan),
  ]);
}

function dataRows(plan: ToldPlan): [string, string][] {
  const short =
    plan.shortClips > 0
      ? `; ${plan.shortClips.toLocaleString('en')} shorter than a segment, which silence fills`
      : '';
  const rows: [string, string][] = [
    ['training', `${counted(plan.clips, 'clip')}, ${duration(plan.hours * 3600)}${short}`],
    [
      'validation',
      plan.validationClips > 0
        ? `${counted(plan.validationClips, 'clip')}, ${duration(plan.validationHours * 3600)}`
        : 'none: the training is not measured',
    ],
  ];
  if (plan.unlistedClips > 0) {
    rows.push(['unlisted', `${counted(plan.unlistedClips, 'recording')} that no list names`]);
  }
  const { leftOut = [] } = plan;
  if (leftOut.length === 0) return rows;
  rows.push(['left out', `${counted(leftOut.length, 'recording')} when the data set was prepared`]);
  for (const { file, reason } of leftOut.slice(0, MOST_NAMED))
    rows.push(['', `${file}: ${reason}`]);
  const more = leftOut.length - MOST_NAMED;
  if (more > 0) rows.push(['', `and ${more.toLocaleString('en')} more, see report.json`]);
  return rows;
}

function fromRow(
  { steps: done, place, checkpoint }: NonNullable<ToldPlan['from']>,
  steps: number,
): [string, string] {
  const rest = steps > done ? `${counted(steps - done, 'step')} to go` : 'nothing is left to do';
  return [
    'goes on',
    `from ${basename(checkpoint.generator)}: ${counted(done, 'step')} done, epoch ${place.epoch}; ${rest}`,
  ];
}

function over({ clipsOver, batchSize }: ToldPlan): string {
  if (clipsOver === 0) return '';
  return ` of ${counted(batchSize, 'clip')}; ${clipsOver.toLocaleString('en')} over, others each time`;
}

function joining(start: number, steps: number): string {
  if (start === 0) return '';
  const at = `join at step ${start.toLocaleString('en')}`;
  return `; ${at}${start >= steps ? ', which this training does not reach' : ''}`;
}

/** Where mels come from, where that is not the usual. */
function origin({ mels, cropContext }: ToldPlan): string {
  if (mels !== undefined) return `, from the files in ${mels}: fine-tuning`;
  return cropContext ? ', which see the audio beside their crop' : '';
}

function reading({ dataThreads }: ToldPlan): string {
  if (dataThreads === 0) return 'between the steps (num_workers 0)';
  return `${counted(dataThreads, 'thread')}, ahead of the steps`;
}

const shapeOf = ({ shape }: Pick<NamedShape, 'shape'>) => `[${shape.join(', ')}]`;

function inputs(all: readonly NamedShape[], kind: string): string {
  return all
    .filter(({ name }) => name.startsWith(kind))
    .map(({ name, shape }) => `${name.split(' ')[1]}: ${shapeOf({ shape })}`)
    .join(', ');
}

function memoryText({ memory }: ToldPlan): string {
  const { total, ...parts } = memory;
  const named = Object.entries(parts).filter(([, bytes]) => bytes > 0);
  const list = named.map(([name, bytes]) => `${name} ${byteSize(bytes)}`).join(', ');
  return `about ${byteSize(total)} where the training holds most: ${list} (an estimate)`;
}

function besideText({ besideMemory }: ToldPlan): string {
  const { recordings, validation, batches, saving } = besideMemory;
  const held = validation > 0 ? `, ${byteSize(validation)} of held-out ones and their sound` : '';
  return `in the process, up to ${byteSize(recordings)} of decoded recordings${held}, ${byteSize(batches)} of batches that wait, ${byteSize(saving)} while a checkpoint is saved (an estimate, without Node itself)`;
}

function timeRows({ time, operations, adversarialStart, steps, maxMinutes, from }: ToldPlan) {
  if (!time) return [];
  const { melOnlySeconds, adversarialSeconds, totalSeconds, speed } = time;
  const both = adversarialStart > 0 && adversarialStart < steps;
  const joins = adversarialStart < steps;
  const a = joins ? operations.adversarial : operations.melOnly;
  const step = seconds(joins ? adversarialSeconds : melOnlySeconds);
  const rows: [string, string][] = [
    [
      'a step',
      `about ${step}${both ? ` with the discriminators, ${seconds(melOnlySeconds)} before` : ''}: ${giga(a)} GFLOP; a small convolution reaches ${giga(speed)} GFLOP a second just now (an estimate, as busy as the machine is)`,
    ],
    ['in all', `about ${long(totalSeconds)}`],
  ];
  if (maxMinutes !== undefined) {
    const within = Math.min(steps - Math.min(steps, from?.steps ?? 0), time.stepsInTime ?? 0);
    rows.push(['--max-minutes', `${maxMinutes} are enough for about ${counted(within, 'step')}`]);
  }
  return rows;
}

function seconds(value: number): string {
  return value < 1 ? `${value.toPrecision(2)} s` : duration(value);
}

/** In one unit: more would look like more than an estimate. */
function long(value: number): string {
  const units = [
    ['days', 86_400],
    ['hours', 3600],
    ['minutes', 60],
  ] as const;
  const unit = units.find(([, size]) => value >= 2 * size);
  return unit ? `${Math.round(value / unit[1]).toLocaleString('en')} ${unit[0]}` : seconds(value);
}

function giga(value: number): string {
  return (value / 1e9).toLocaleString('en', { maximumSignificantDigits: 3 });
}
