import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { MESSAGES } from './native-modules.js';

interface MessageCatcher {
  catchMessages(): boolean;
  releaseMessages(): string;
}

/**
 * Runs `load`, which loads the addon, and keeps back what the native library tells meanwhile that is no
 * error: it announces its optimisations before its own switches for that are read. Errors are passed on;
 * where the catcher is missing, everything is.
 *
 * @param addon path of the addon
 */
export function loadQuietly<T>(addon: string, load: () => T): T {
  const path = join(dirname(addon), MESSAGES);
  const catcher: MessageCatcher | undefined = existsSync(path)
    ? createRequire(import.meta.url)(path)
    : undefined;
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
