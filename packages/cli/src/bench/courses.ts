import { type Context, pathOf } from '../context.js';
import { UsageError } from '../errors.js';
import { CONFIG_ARGUMENT, loadConfig } from '../files/load-config.js';
import { exists } from '../files/write-atomic.js';
import { loadBundle } from '../model/load-bundle.js';
import { locateCheckpoint } from '../model/locate-checkpoint.js';
import type { Course } from './entrant.js';

/** What is measured, and with which weights. */
export interface Courses {
  readonly courses: readonly Course[];
  /** Absolute path; random ones where there is none. */
  readonly weights?: string;
  /** In words. */
  readonly weightsShown: string;
}

/**
 * The configurations that were named, or that of a checkpoint.
 *
 * @param configs presets and files, also several with commas between them
 * @throws ConfigError, FormatError, UserError, UsageError
 */
export async function readCourses(
  context: Context,
  { configs, checkpoint }: { readonly configs?: readonly string[]; readonly checkpoint?: string },
): Promise<Courses> {
  const named: string[] = [];
  for (const typed of configs ?? []) {
    // A file may have a comma in its name.
    const whole = !typed.includes(',') || (await exists(pathOf(context, typed)));
    const parts = (whole ? [typed] : typed.split(',')).filter(Boolean);
    if (parts.length === 0) {
      throw new UsageError(`--config ${JSON.stringify(typed)}: must name ${CONFIG_ARGUMENT}`);
    }
    named.push(...parts);
  }
  const names = [...new Set(named)];
  if (checkpoint === undefined) {
    const courses: Course[] = [];
    for (const name of names.length > 0 ? names : ['v1', 'v2', 'v3']) {
      courses.push({ name, config: await loadConfig(context, name) });
    }
    return { courses, weightsShown: 'random weights' };
  }
  if (names.length > 1) {
    throw new UsageError(
      `--checkpoint ${checkpoint}: has one configuration, and ${names.length} are named; name one or none`,
    );
  }
  const located = await locateCheckpoint(context, checkpoint, names[0]);
  const { config } = await loadBundle(context, located);
  return {
    courses: [{ name: names[0] ?? located.shown, config }],
    weights: located.weights,
    weightsShown: `weights of ${located.shown}`,
  };
}
