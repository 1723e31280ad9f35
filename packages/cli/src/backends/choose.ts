import { UsageError, UserError } from '../errors.js';
import type { Backend } from './backend.js';

/** Everything of the host and our own, by name; the host's come first, so that `auto` prefers them. */
export function allBackends(host: readonly Backend[], own: readonly Backend[]): readonly Backend[] {
  return [...host, ...own.filter(({ name }) => host.every((backend) => backend.name !== name))];
}

/** A backend, and those that were to be preferred but are not available, each with the reason. */
export interface Choice {
  readonly backend: Backend;
  readonly passedOver: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Finds the backend of that name, or for `auto` the first that is available and not taken by its name alone.
 *
 * @throws UsageError for an unknown name, UserError where it cannot run here
 */
export async function chooseBackend(backends: readonly Backend[], wanted: string): Promise<Choice> {
  const passedOver: { name: string; reason: string }[] = [];
  const auto = wanted === 'auto';
  const candidates = backends.filter(({ name, byNameOnly }) =>
    auto ? !byNameOnly : name === wanted,
  );
  if (candidates.length === 0 && !auto) {
    const names = ['auto', ...backends.map(({ name }) => name)].join(', ');
    throw new UsageError(`--backend ${wanted}: must be one of ${names}`);
  }
  for (const backend of candidates) {
    const { ok, reason } = await backend.available();
    if (ok) return { backend, passedOver };
    passedOver.push({ name: backend.name, reason: reason ?? 'not available' });
  }
  const reasons = passedOver.map(({ name, reason }) => `${name}: ${reason}`);
  const untried = auto ? backends.filter(({ byNameOnly }) => byNameOnly) : [];
  throw new UserError(
    [
      `--backend ${wanted}: cannot run here: ${reasons.join('; ') || 'none is left that starts'}`,
      ...untried.map(
        ({ name }) => `--backend ${name} was not tried, since it is taken by its name`,
      ),
    ].join('; '),
  );
}
