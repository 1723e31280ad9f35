import type { HifiGanConfig } from '@hifigan/config';
import type { Task } from './task.js';

/** A configuration that is measured. */
export interface Course {
  /** As the user knows it. */
  readonly name: string;
  readonly config: HifiGanConfig;
}

/** One row of the comparison: what computes a configuration, on how many threads. */
export interface Entrant {
  readonly course: string;
  /** A backend, or an onnxruntime. */
  readonly backend: string;
  /** Of an onnxruntime: the file. */
  readonly file?: string;
  readonly threads: number;
  readonly task: Task;
}

/** What cannot take part here, and why. */
export interface Absentee {
  readonly backend: string;
  readonly reason: string;
}

/** An entrant in words. */
export function titleOf({
  course,
  backend,
  threads,
}: Pick<Entrant, 'course' | 'backend' | 'threads'>): string {
  return `${course} on ${backend}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}
