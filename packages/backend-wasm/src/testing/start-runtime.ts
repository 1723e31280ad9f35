import { compileBuild } from '../compile-build.js';
import { type BuildName, isThreaded, probeAbilities } from '../probe.js';
import { Runtime, type RuntimeOptions } from '../runtime.js';

export interface TestRuntime {
  readonly runtime: Runtime;
  readonly warnings: readonly string[];
}

/** A runtime of a build, as `registerWasmBackend` starts it. */
export async function startRuntime(
  build: BuildName,
  options: Partial<RuntimeOptions> = {},
): Promise<TestRuntime> {
  const { mayWait } = await probeAbilities();
  const warnings: string[] = [];
  const runtime = await Runtime.start({
    module: await compileBuild(build),
    threaded: isThreaded(build),
    threads: 2,
    mayWait,
    onWarning: (message) => warnings.push(message),
    ...options,
  });
  return { runtime, warnings };
}
