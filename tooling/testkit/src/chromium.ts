import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { type Availability, requireNative } from './native.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome'];

/** The Chromium of this machine: `HIFIGAN_CHROMIUM`, else the first on the path. */
export function findChromium(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  const { HIFIGAN_CHROMIUM: own, PATH = '' } = environment;
  const folders = PATH.split(delimiter).filter(Boolean);
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return (own ? [own] : places).find(isProgram);
}

/** Whether pages can be tested in a real browser; `CI=true npm test` sets it up where it can. */
export function requireChromium(): Availability {
  return requireNative('Chromium', () =>
    findChromium()
      ? undefined
      : `none of ${NAMES.join(', ')} is on the path; on Debian: apt-get install chromium`,
  );
}

/** Starts it, with further arguments of its own. */
export async function launchChromium(...args: readonly string[]): Promise<Browser> {
  // Few tests need it.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: findChromium(),
    // Chromium refuses to be root in its sandbox.
    args: [...args, ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])],
  });
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
