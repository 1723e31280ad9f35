import { stat } from 'node:fs/promises';
import type { Backend } from '../backends/backend.js';
import { type Context, pathOf } from '../context.js';
import { findOnnxruntime, ONNX_LIBRARIES } from '../engines/find-onnxruntime.js';
import { REASONS, UsageError, UserError } from '../errors.js';
import { parameterCount } from '../model/parameter-count.js';
import { byteSize } from '../terminal/format.js';
import type { Absentee, Course, Entrant } from './entrant.js';

export interface Wanted {
  readonly courses: readonly Course[];
  /** Absolute path of weights for all; random ones where left out. */
  readonly weights?: string;
  /** Names; all where left out. */
  readonly backends?: readonly string[];
  readonly threads: readonly number[];
  /** Exported generators as they were typed: `file` or `config=file`. */
  readonly onnx: readonly string[];
}

/**
 * Who takes part, in the order of the rows, and who cannot.
 *
 * @throws UsageError or UserError where an exported generator belongs nowhere, or nobody can take part
 */
export async function planEntrants(
  context: Context,
  { courses, weights, backends: names, threads, onnx }: Wanted,
): Promise<{ readonly entrants: Entrant[]; readonly absent: Absentee[] }> {
  const absent: Absentee[] = [];
  const backends: Backend[] = [];
  for (const backend of context.backends) {
    if (names && !names.includes(backend.name)) continue;
    const { ok, reason = 'not available' } = await backend.available();
    if (ok) backends.push(backend);
    else absent.push({ backend: backend.name, reason });
  }
  const files = await Promise.all(onnx.map((typed) => assign(context, typed, courses)));
  const libraries = ONNX_LIBRARIES.flatMap((library) => {
    const from = onnx.length > 0 && findOnnxruntime(library, context.cwd);
    if (from) return [{ library, from }];
    if (onnx.length > 0) {
      absent.push({ backend: library, reason: `not installed here; npm install ${library}` });
    }
    return [];
  });
  const entrants = courses.flatMap((course): Entrant[] => {
    const { config, name } = course;
    const ours = backends.flatMap(({ name: backend, mostThreads = Number.POSITIVE_INFINITY }) =>
      unique(threads.map((count) => Math.min(count, mostThreads))).map((count): Entrant => {
        const computer = { kind: 'backend', backend, weights } as const;
        return {
          ...{ course: name, backend, threads: count },
          task: { computer, threads: count, config },
        };
      }),
    );
    const own = files.filter((file) => file.course === course);
    const others = own.flatMap(({ file, shown }) =>
      libraries.flatMap(({ library, from }) =>
        unique(threads).map((count): Entrant => {
          const computer = { kind: 'onnx', library, from, file, shown } as const;
          return {
            ...{ course: name, backend: library, file: shown, threads: count },
            task: { computer, threads: count, config },
          };
        }),
      ),
    );
    return [...ours, ...others];
  });
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
      `--onnx ${typed}: must say which configuration it belongs to, because there are several (${names}); ` +
        `write --onnx ${courses[0].name}=${typed}, or name one --config`,
    );
  }
  const shown = named ? typed.slice(named.name.length + 1) : typed;
  if (shown === '') throw new UsageError(`--onnx ${typed}: must name a file`);
  const file = pathOf(context, shown);
  const found = await stat(file).catch(({ code, message }: NodeJS.ErrnoException) => {
    throw new UserError(`--onnx ${shown}: cannot be read: ${REASONS[code ?? ''] ?? message}`);
  });
  if (!found.isFile()) throw new UserError(`--onnx ${shown}: ${REASONS.EISDIR}`);
  const course = named ?? courses[0];
  const doubt = sizeDoubt(found.size, course);
  if (doubt) context.console.warn(`${shown}: ${doubt}`);
  return { course, file, shown };
}

/** Two configurations may differ in nothing that a run shows: V1's and V3's take and give the same. */
function sizeDoubt(bytes: number, { name, config }: Course): string | undefined {
  const weights = parameterCount(config);
  // From a byte for a weight to four, and what stands beside the weights.
  if (bytes >= 0.9 * weights && bytes <= 1.3 * 4 * weights + 50_000) return undefined;
  return (
    `has ${byteSize(bytes)}, and a generator of ${name} ${weights.toLocaleString('en')} weights (${byteSize(4 * weights)} ` +
    'as float32): it may be of another configuration; say which with --onnx CONFIG=FILE'
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
