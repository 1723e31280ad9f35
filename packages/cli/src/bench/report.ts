import { counted, grid } from '../terminal/format.js';
import type { Absentee } from './entrant.js';
import { describeMachine, type Machine } from './machine.js';
import type { Failure, Measurement } from './measure.js';
import type { Effort } from './running.js';

/** What a benchmark found; one object for programs. */
export interface BenchReport {
  readonly machine: Machine;
  /** Of what computes, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** Random, or the checkpoint's name. */
  readonly weights: string;
  readonly frames: number;
  readonly chunkFrames: number;
  readonly rounds: number;
  readonly results: readonly BenchResult[];
  readonly failed: readonly BenchFailure[];
  readonly unavailable: readonly Absentee[];
}

/** Of several rounds. */
interface Statistic {
  readonly least: number;
  readonly median: number;
}

/** What an entrant is called in a report. */
interface Names {
  readonly config: string;
  readonly backend: string;
  /** Of an onnxruntime. */
  readonly file?: string;
  readonly threads: number;
}

export interface BenchResult extends Names {
  readonly device?: string;
  /** Of each run. */
  readonly frames: number;
  readonly audioSeconds: number;
  /** Seconds of audio in a second of computing: the best round, and the one in the middle. */
  readonly timesRealTime: number;
  readonly medianTimesRealTime: number;
  /** Speed beside the first result of the same configuration. */
  readonly speedRatio: number;
  /** From the backend's modules to a model that is ready. */
  readonly startMilliseconds: number;
  /** From the same to the first samples of a stream. */
  readonly startToAudioMilliseconds: number | null;
  /** From a warm model to the first samples of a stream whose frames are all there. */
  readonly latencyMilliseconds: Statistic | null;
  readonly wallMilliseconds: Statistic;
  /** Of all threads together. */
  readonly cpuMilliseconds: Statistic;
  /** Of the whole process. */
  readonly peakMemoryBytes: number;
  readonly rounds: readonly {
    readonly wallMilliseconds: number;
    readonly cpuMilliseconds: number;
    readonly latencyMilliseconds: number | null;
  }[];
}

export interface BenchFailure extends Names {
  readonly reason: string;
}

export interface Findings extends Pick<Effort, 'frames' | 'chunkFrames' | 'rounds'> {
  readonly machine: Machine;
  readonly version: string;
  readonly weights: string;
  /** In the order of the rows. */
  readonly measured: readonly Measurement[];
  readonly failed: readonly Failure[];
  readonly unavailable: readonly Absentee[];
}

export function reportOf({ measured, failed, version, ...rest }: Findings): BenchReport {
  const results: BenchResult[] = [];
  const versions: Record<string, string> = { hifigan: version };
  for (const measurement of measured) {
    const result = resultOf(measurement);
    const first = results.find(({ config }) => config === result.config) ?? result;
    results.push({ ...result, speedRatio: result.timesRealTime / first.timesRealTime });
    const { version: library } = measurement.started;
    if (library) versions[result.backend] = library;
  }
  return {
    ...rest,
    versions,
    results,
    failed: failed.map(({ entrant, reason }) => ({ ...namesOf(entrant), reason })),
  };
}

function resultOf(measurement: Measurement): BenchResult {
  const { entrant, started, first, frames, rounds, peakBytes } = measurement;
  const { config } = entrant.task;
  const audioSeconds = (frames * config.hop_size) / config.sampling_rate;
  const wall = statistic(rounds.map((round) => round.wall));
  const latencies = rounds.flatMap(({ latency }) => (latency === undefined ? [] : [latency]));
  return {
    ...namesOf(entrant),
    ...(started.device !== undefined && { device: started.device }),
    frames,
    audioSeconds,
    timesRealTime: (audioSeconds * 1000) / wall.least,
    medianTimesRealTime: (audioSeconds * 1000) / wall.median,
    speedRatio: 1,
    startMilliseconds: milliseconds(started.wall),
    startToAudioMilliseconds: first === undefined ? null : milliseconds(started.wall + first),
    latencyMilliseconds: latencies.length > 0 ? statistic(latencies) : null,
    wallMilliseconds: wall,
    cpuMilliseconds: statistic(rounds.map((round) => round.cpu)),
    peakMemoryBytes: peakBytes,
    rounds: rounds.map((round) => ({
      wallMilliseconds: milliseconds(round.wall),
      cpuMilliseconds: milliseconds(round.cpu),
      latencyMilliseconds: round.latency === undefined ? null : milliseconds(round.latency),
    })),
  };
}

function namesOf({ course, backend, file, threads }: Measurement['entrant']): Names {
  return { config: course, backend, ...(file !== undefined && { file }), threads };
}

const milliseconds = (seconds: number): number => Math.round(seconds * 1e6) / 1000;

function statistic(seconds: readonly number[]): Statistic {
  const sorted = [...seconds].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  const median = (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
  return { least: milliseconds(sorted[0]), median: milliseconds(median) };
}

const HEAD = [
  ...['config', 'backend', 'threads', '× real time', 'ratio'],
  ...['ms to audio', 'ms from start', 'peak MB', ''],
];

/** The same for people. */
export function tableOf(report: BenchReport): string {
  const { machine, weights, frames, chunkFrames, rounds, results, failed, unavailable } = report;
  const rows = results.map((result) => [
    result.config,
    result.backend,
    String(result.threads),
    figures(result.timesRealTime),
    result.speedRatio.toFixed(2),
    result.latencyMilliseconds ? figures(result.latencyMilliseconds.least) : '-',
    result.startToAudioMilliseconds === null ? '-' : figures(result.startToAudioMilliseconds),
    String(Math.round(result.peakMemoryBytes / 1e6)),
    remarkOf(result, report),
  ]);
  const lost = failed.map(({ config, backend, threads, reason }) => [
    ...[config, backend, String(threads), 'failed', '', '', '', ''],
    reason.split('\n')[0],
  ]);
  const order = [...new Set([...results, ...failed].map(({ config }) => config))];
  const sorted = order.flatMap((name) => [...rows, ...lost].filter(([config]) => config === name));
  return [
    describeMachine(machine),
    `${frames} frames, first piece ${chunkFrames}, best of ${counted(rounds, 'round')}, ${weights}`,
    '',
    ...(sorted.length > 0 ? [grid(HEAD, sorted, [0, 1, 8])] : []),
    ...unavailable.map(({ backend, reason }) => `${backend} is not measured: ${reason}`),
  ].join('\n');
}

/** What differs from the other rows. */
function remarkOf(result: BenchResult, { frames, rounds }: BenchReport): string {
  const done = result.rounds.length;
  return [
    result.file,
    result.device,
    result.frames === frames ? undefined : `${result.frames} frames`,
    done === rounds ? undefined : counted(done, 'round'),
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** Three figures that count. */
export function figures(value: number): string {
  if (value >= 100) return String(Math.round(value));
  return value >= 10 ? value.toFixed(1) : value >= 1 ? value.toFixed(2) : value.toPrecision(2);
}
