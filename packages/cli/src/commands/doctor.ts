import type { Command } from 'commander';
import { type Context, heedInterrupt } from '../context.js';
import { type BackendReport, lookAtBackend } from '../doctor/look-at-backend.js';
import { lookAtMachine } from '../doctor/look-at-machine.js';
import { type DoctorReport, show } from '../doctor/show.js';
import { addBackendOptions } from '../options.js';
import { version } from '../version.js';

interface Options {
  readonly backend: string;
  readonly threads?: number;
}

/** `hifigan doctor`. */
export function registerDoctor(
  program: Command,
  context: Context,
  setExitCode: (code: number) => void,
): void {
  const command = program
    .command('doctor')
    .description('what works here, what does not, why, and what to do; tries every backend')
    .addHelpText('after', '\nExit code 0 where the backend that --backend means works, else 1.');
  addBackendOptions(command, context).action(async (options: Options) => {
    const { console } = context;
    const machine = await lookAtMachine(context);
    const backends: BackendReport[] = [];
    for (const backend of context.backends) {
      await heedInterrupt(context);
      // Before it is tried: a native library may end the process.
      console.note(`tries ${backend.name}`);
      const { threads } = options;
      const onWarning = (text: string) => console.warn(text);
      backends.push(await lookAtBackend(backend, { threads, onWarning }));
    }
    const named = new Set(context.backends.filter((one) => one.byNameOnly).map((one) => one.name));
    const taken = backends.find(({ name, starts }) =>
      options.backend === 'auto' ? starts && !named.has(name) : name === options.backend,
    );
    const report: DoctorReport = {
      version,
      ok: taken?.ok === true,
      backend: taken?.name,
      machine,
      backends,
    };
    if (!report.ok) setExitCode(1);
    await console.result(
      console.json ? JSON.stringify(report) : show(report, program.name(), options.backend),
    );
  });
}
