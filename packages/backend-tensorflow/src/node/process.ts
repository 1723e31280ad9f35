import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PROCESS } from './native-modules.js';

interface ProcessModule {
  catchMessages(): boolean;
  releaseMessages(): string;
  keepSignalsAway(): void;
}

/**
 * Has the signals of this process, such as Ctrl-C, handled on a thread of their own: some of the native
 * library's routines do not survive a handler on their stack. To be called before the library is loaded,
 * whose threads are safe then as well. Where the module is missing nothing changes.
 *
 * @param addon path of the addon
 */
export function keepSignalsAway(addon: string): void {
  processModule(addon)?.keepSignalsAway();
}

function processModule(addon: string): ProcessModule | undefined {
  const path = join(dirname(addon), PROCESS);
  return existsSync(path) ? createRequire(import.meta.url)(path) : undefined;
}

/**
 * Runs `load`, which loads the addon, and keeps back what the native library tells meanwhile that is no
 * error: it announces its optimisations before its own switches for that are read. Errors are passed on;
 * where the catcher is missing, everything is.
 *
 * @param addon path of the addon
 */
export function loadQuietly<T>(addon: string, load: () => T): T {
  const catcher = processModule(addon);
  if (!catcher?.catchMessages()) return load();
  try {
    return load();
  } finally {
    const errors = withoutNotices(catcher.releaseMessages());
    if (errors) process.stderr.write(errors);
  }
}

/** The lines that are neither information nor a warning of TensorFlow's log, in either of its formats. */
export function withoutNotices(messages: string): string {
  const notice =
    /^(?:WARNING: All log messages before absl|[IW]\d{4} \d\d:|\d{4}-\d\d-\d\d [\d:.]+: [IW] |To enable the following instructions)/;
  const lines = messages.split(/(?<=\n)/);
  return lines.filter((line) => !notice.test(line)).join('');
}
