import type { Context } from '../context.js';
import { UserError } from '../errors.js';
import type { Backend } from './backend.js';
import { chooseBackend } from './choose.js';
import { tellFewerThreads } from './fewer-threads.js';

/**
 * Starts the wanted backend; `auto` goes on to the next where one is not available or does not start, and says so.
 *
 * @throws UsageError, UserError
 */
export async function activateBackend(
  context: Context,
  { backend: wanted, threads }: { readonly backend: string; readonly threads?: number },
): Promise<Backend> {
  let candidates = context.backends;
  for (;;) {
    const { backend, passedOver } = await chooseBackend(candidates, wanted);
    for (const { name, reason } of passedOver) {
      context.console.warn(
        `backend ${name} is not available: ${reason}; goes on with ${backend.name}`,
      );
    }
    try {
      await backend.activate({ threads, onWarning: (text) => context.console.warn(text) });
      tellFewerThreads(context, backend, threads);
      return backend;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (wanted !== 'auto')
        throw new UserError(`--backend ${wanted}: did not start: ${reason}`, { cause: error });
      context.console.warn(`backend ${backend.name} did not start: ${reason}`);
      candidates = candidates.slice(candidates.indexOf(backend) + 1);
    }
  }
}
