import type { ActivateOptions, Backend } from '../backends/backend.js';
import type { Finding } from './finding.js';
import { type SelfCheck, selfCheck } from './self-check.js';

/** What a backend is worth here. */
export interface BackendReport {
  readonly name: string;
  readonly description: string;
  /** Whether it starts and computes rightly. */
  readonly ok: boolean;
  /** Whether it starts: then `--backend auto` may take it, right or wrong. */
  readonly starts: boolean;
  readonly why?: string;
  readonly todo?: string;
  /** Where it started. */
  readonly check?: SelfCheck;
  readonly findings: readonly Finding[];
}

/** Starts a backend, computes on it, and has it tell of itself. It stays active. */
export async function lookAtBackend(
  backend: Backend,
  options: ActivateOptions,
): Promise<BackendReport> {
  const { name, description } = backend;
  const failure = await start(backend, options);
  const check = failure ? undefined : await selfCheck().catch(reasonOf);
  const findings = (await backend.inspect?.({ active: !failure }).catch(broken)) ?? [];
  const report = { name, description, starts: !failure, findings };
  if (failure) return { ...report, ok: false, ...failure };
  if (typeof check !== 'object') {
    return { ...report, ok: false, why: `it does not compute: ${check}`, todo: REPORT };
  }
  if (check.ok) return { ...report, ok: true, check };
  const why = `it computes wrongly: off by ${check.maxError.toExponential(1)}, where ${check.tolerance} is the most`;
  return { ...report, ok: false, why, todo: REPORT, check };
}

const REPORT =
  'take another with --backend, and report this with what hifigan doctor --json prints';

type Failure = Pick<BackendReport, 'why' | 'todo'>;

async function start(backend: Backend, options: ActivateOptions): Promise<Failure | undefined> {
  const { ok, reason } = await backend.available();
  // It says what to do as well.
  if (!ok) return { why: reason ?? 'not available' };
  try {
    await backend.activate(options);
    return undefined;
  } catch (error) {
    return { why: `it does not start: ${reasonOf(error)}`, todo: 'take another with --backend' };
  }
}

function broken(error: unknown): Finding[] {
  return [{ name: 'details', ok: false, optional: true, found: reasonOf(error) }];
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
