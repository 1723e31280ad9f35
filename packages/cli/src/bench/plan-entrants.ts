import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Backend } from '../backends/backend.js';
import { type Context, pathOf } from '../context.js';
import { findOnnxruntime, ONNX_LIBRARIES } from '../engines/find-onnxruntime.js';
import { REASONS, UsageError, UserError } from '../errors.js';
import { SAVED_MODEL } from '../model/exported.js';
import { parameterCount } from '../model/parameter-count.js';
import { byteSize } from '../terminal/format.js';
import type { Absentee, Course, Entrant } from './entrant.js';
import type { Computer } from './task.js';

export interface Wanted {
  readonly courses: readonly Course[];
  /** Absolute path of weights for all; random ones where left out. */
  readonly weights?: string;
  /** Names; all where left out. */
  readonly backends?: readonly string[];
  readonly threads: readonly number[];
  /**
   * Exported generators as they were typed, `path` or `config=path`: ONNX files and folders of SavedModels. Where
   * left out, one is made of each configuration for the onnxruntimes that are installed.
   */
  readonly exported?: readonly string[];
  /** Makes the ONNX file of a configuration; asked only where it is needed. @returns its absolute path */
  readonly exportOnnx: (course: Course) => Promise<string>;
}

/**
 * Who takes part, in the order of the rows, and who cannot.
 *
 * @throws UsageError or UserError where an exported generator belongs nowhere, or nobody can take part
 */
export async function planEntrants(
  context: Context,
  { courses, weights, backends: names, threads, exported, exportOnnx }: Wanted,
): Promise<{ readonly entrants: Entrant[]; readonly absent: Absentee[] }> {
  const absent: Absentee[] = [];
  const backends: Backend[] = [];
  for (const backend of context.backends) {
    if (names && !names.includes(backend.name)) continue;
    const { ok, reason = 'not available', slow } = await backend.available();
    if (ok && (names || slow === undefined)) backends.push(backend);
    else absent.push({ backend: backend.name, reason: ok ? (slow ?? reason) : reason });
  }
  const given = await Promise.all((exported ?? []).map((typed) => assign(context, typed, courses)));
  const installed = ONNX_LIBRARIES.flatMap((library) => {
    const from = findOnnxruntime(library, context.cwd);
    return from ? [{ library, from }] : [];
  });
  for (const library of ONNX_LIBRARIES) {
    const wanted = given.some(({ kind }) => kind === 'onnx');
    if (!wanted || installed.some((one) => one.library === library)) continue;
    absent.push({ backend: library, reason: `not installed here; npm install ${library}` });
  }
  const able = backends.find(({ openSavedModel }) => openSavedModel !== undefined);
  if (!able && given.some(({ kind }) => kind === 'savedmodel')) {
    const reason = 'no backend here computes them; hifigan-gpu bench does, after hifigan-gpu setup';
    absent.push({ backend: 'SavedModel', reason });
  }
  // Whoever names backends means those alone.
  const ownFiles = exported === undefined && names === undefined && installed.length > 0;
  const entrants: Entrant[] = [];
  for (const course of courses) {
    const { config, name } = course;
    const enter = (
      backend: string,
      computer: Computer,
      { counts = unique(threads), file }: { counts?: readonly number[]; file?: string } = {},
    ) => {
      for (const count of counts) {
        const task = { computer, threads: count, config };
        entrants.push({ course: name, backend, threads: count, task, ...(file && { file }) });
      }
    };
    for (const { name: backend, mostThreads = Number.POSITIVE_INFINITY } of backends) {
      const counts = unique(threads.map((count) => Math.min(count, mostThreads)));
      enter(backend, { kind: 'backend', backend, weights }, { counts });
    }
    const files = given.filter((file) => file.course === course);
    for (const { kind, file, shown } of files) {
      if (kind === 'savedmodel' && able) {
        const { name: backend } = able;
        enter(backend, { kind, backend, folder: file, shown }, { file: shown });
      }
      for (const { library, from } of kind === 'onnx' ? installed : []) {
        enter(library, { kind: 'onnx', library, from, file, shown }, { file: shown });
      }
    }
    if (!ownFiles) continue;
    const file = await exportOnnx(course);
    for (const { library, from } of installed) {
      enter(library, { kind: 'onnx', library, from, file, shown: `${name} as ONNX` });
    }
  }
  if (entrants.length === 0) {
    const reasons = absent.map(({ backend, reason }) => `${backend}: ${reason}`).join('; ');
    throw new UserError(`bench: there is nothing to measure here: ${reasons}`);
  }
  return { entrants, absent };
}

/** Of which configuration a file is, by what was typed. */
async function assign(context: Context, typed: string, courses: readonly Course[]) {
  const named = courses.find(({ name }) => typed.startsWith(`${name}=`));
  if (!named && courses.length > 1) {
    const names = courses.map(({ name }) => name).join(', ');
    throw new UsageError(
      `--exported ${typed}: must say which configuration it belongs to, because there are several (${names}); ` +
        `write --exported ${courses[0].name}=${typed}, or name one --config`,
    );
  }
  const shown = named ? typed.slice(named.name.length + 1) : typed;
  if (shown === '') throw new UsageError(`--exported ${typed}: must name a file`);
  const file = pathOf(context, shown);
  const found = await stat(file).catch(({ code, message }: NodeJS.ErrnoException) => {
    const names = courses.map(({ name }) => `${name}=FILE`).join(' or ');
    const advice = !named && typed.includes('=') ? `; to say whose it is, write ${names}` : '';
    throw new UserError(
      `--exported ${shown}: cannot be read: ${REASONS[code ?? ''] ?? message}${advice}`,
    );
  });
  const saved = found.isDirectory() ? join(file, SAVED_MODEL) : undefined;
  const graph = saved ? await stat(saved).catch(() => undefined) : found;
  if (!graph?.isFile()) {
    throw new UserError(
      `--exported ${shown}: is neither an ONNX file nor the folder of a SavedModel (it has no ${SAVED_MODEL}); name what hifigan export wrote`,
    );
  }
  const course = named ?? courses[0];
  const doubt = sizeDoubt(graph.size, course);
  if (doubt) context.console.warn(`${shown}: ${doubt}`);
  const kind = saved ? ('savedmodel' as const) : ('onnx' as const);
  return { kind, course, file, shown };
}

/** Two configurations may differ in nothing that a run shows: V1's and V3's take and give the same. */
function sizeDoubt(bytes: number, { name, config }: Course): string | undefined {
  const weights = parameterCount(config);
  // From a byte for a weight to four, and what stands beside the weights.
  if (bytes >= 0.9 * weights && bytes <= 1.3 * 4 * weights + 50_000) return undefined;
  return (
    `has ${byteSize(bytes)}, and a generator of ${name} ${weights.toLocaleString('en')} weights (${byteSize(4 * weights)} ` +
    'as float32): it may be of another configuration; say which with --exported CONFIG=FILE'
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
