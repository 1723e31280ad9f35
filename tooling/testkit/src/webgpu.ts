import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findChromium } from './chromium.js';
import { type Availability, requireNative } from './native.js';

/** Where Debian's Chromium keeps its libraries. */
const FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser'];
const DRIVER = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/**
 * Lets Dawn find a driver in this process: that of `VK_ICD_FILENAMES` or `VK_DRIVER_FILES` where one is said, else the
 * software one that Chromium brings, with Chromium's loader of drivers where the system has none. To be called before
 * Dawn is loaded.
 *
 * @returns what is missing, or nothing
 */
export function provideVulkan(environment: NodeJS.ProcessEnv = process.env): string | undefined {
  if (environment.VK_ICD_FILENAMES || environment.VK_DRIVER_FILES) return undefined;
  const chromium = findChromium(environment);
  const folders = [...FOLDERS, ...(chromium ? [dirname(chromium)] : [])];
  const folder = folders.find((one) => existsSync(join(one, DRIVER)));
  if (!folder) {
    return `no ${DRIVER} in ${folders.join(', ')}; on Debian: apt-get install chromium`;
  }
  environment.VK_ICD_FILENAMES = join(folder, DRIVER);
  // The loader warns without it.
  environment.XDG_RUNTIME_DIR ??= '/tmp';
  const loader = join(folder, LOADER);
  // What a process has loaded once, it finds by its name.
  if (existsSync(loader)) {
    // Few tests need it.
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    koffi.load(loader);
  }
  return undefined;
}

/** Whether WebGPU can be tested in this process, on whatever driver; `CI=true npm test` sets it up where it can. */
export function requireWebGpu(): Availability {
  return requireNative('a driver for WebGPU', provideVulkan);
}
