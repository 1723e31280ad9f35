import { cpus, loadavg, totalmem } from 'node:os';

/** What figures depend on besides the code. */
export interface Machine {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryBytes: number;
  readonly platform: string;
  readonly node: string;
  /** Processes that compute or wait to, on average over the last minute; 0 on Windows, which does not tell. */
  readonly loadAverage: number;
}

/** The machine as it is now. */
export function readMachine(): Machine {
  const processors = cpus();
  return {
    // Some machines keep their processors to themselves.
    cpu: processors[0]?.model.trim() || process.arch,
    cores: processors.length,
    memoryBytes: totalmem(),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    loadAverage: Math.round(loadavg()[0] * 100) / 100,
  };
}

/** In a line, for people. */
export function describeMachine({ cpu, cores, node, loadAverage }: Machine): string {
  return `${cpu} × ${cores}, Node ${node}, load ${loadAverage.toFixed(1)}`;
}
