import { measureSpeed, stepSeconds, stepWork } from '@hifigan/train';
import {
  type PlanOptions,
  planTraining,
  type RunSurvey,
  type TrainingPlan,
} from '@hifigan/train/node';
import type { Backend } from '../backends/backend.js';
import { type Context, heedInterrupt } from '../context.js';
import { Interrupted } from '../errors.js';
import { parameterCount } from '../model/parameter-count.js';
import { leftOutOf, type Refused } from './left-out.js';
import { planText } from './plan-text.js';

export interface TellPlanOptions extends Omit<PlanOptions, 'filterCopies' | 'signal'> {
  /** The folder that `prepare` made, where there is one. */
  readonly dataSet?: string;
  readonly maxMinutes?: number;
  /** What the training goes on from. */
  readonly from?: RunSurvey['from'];
}

/** What `--dry-run` tells; with `--json` as it stands. */
export interface ToldPlan extends TrainingPlan {
  readonly backend: string;
  /** Of the generator, as `info` counts: weight norm multiplied out. */
  readonly generatorWeights: number;
  /** What `prepare` left out; absent where no report says so. */
  readonly leftOut?: readonly Refused[];
  readonly maxMinutes?: number;
  /** What it goes on from; absent where it begins. */
  readonly from?: RunSurvey['from'];
  /** An estimate; absent where no speed could be measured. */
  readonly time?: {
    /** Floating-point operations a second of a small convolution. */
    readonly speed: number;
    readonly melOnlySeconds: number;
    readonly adversarialSeconds: number;
    /** Of all steps that are left; validations and checkpoints are not in it. */
    readonly totalSeconds: number;
    /** That `maxMinutes` are enough for. */
    readonly stepsInTime?: number;
  };
}

/** Tells what a training would do, on a backend that is active. @throws where data are missing or wrong, Interrupted */
export async function tellPlan(
  context: Context,
  backend: Backend,
  { dataSet, maxMinutes, from, ...options }: TellPlanOptions,
): Promise<void> {
  const { console, signal } = context;
  const { filterCopies } = backend;
  const warn = (text: string) => console.warn(text);
  const plan = await planTraining({ ...options, filterCopies, signal }, warn).catch(
    (error: unknown) => {
      throw signal.aborted ? new Interrupted() : error;
    },
  );
  const leftOut = dataSet === undefined ? undefined : await leftOutOf(dataSet);
  await heedInterrupt(context);
  const speed = await measureSpeed(() => context.now());
  const told: ToldPlan = {
    ...plan,
    backend: backend.name,
    generatorWeights: parameterCount(options.config),
    ...(leftOut && { leftOut }),
    ...(maxMinutes !== undefined && { maxMinutes }),
    ...(from && { from }),
    ...(Number.isFinite(speed) && { time: timeOf(plan, { ...options, maxMinutes, from, speed }) }),
  };
  await console.result(console.json ? JSON.stringify(told) : planText(told));
}

function timeOf(
  { batchSize: clips, microBatch: atATime, steps, adversarialStart }: TrainingPlan,
  {
    config,
    maxMinutes,
    from,
    speed,
  }: Omit<TellPlanOptions, 'dataSet'> & { readonly speed: number },
): NonNullable<ToldPlan['time']> {
  const work = stepWork(config);
  const step = { clips, atATime, speed };
  const melOnlySeconds = stepSeconds(work, { ...step, adversarial: false });
  const adversarialSeconds = stepSeconds(work, { ...step, adversarial: true });
  const done = Math.min(steps, from?.steps ?? 0);
  const alone = Math.max(0, Math.min(steps, adversarialStart) - done);
  const totalSeconds = alone * melOnlySeconds + (steps - done - alone) * adversarialSeconds;
  const times = { speed, melOnlySeconds, adversarialSeconds, totalSeconds };
  if (maxMinutes === undefined) return times;
  const available = 60 * maxMinutes;
  const inTime =
    available < alone * melOnlySeconds
      ? available / melOnlySeconds
      : alone + (available - alone * melOnlySeconds) / adversarialSeconds;
  return { ...times, stepsInTime: Math.floor(inTime) };
}
