import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findChromium } from './chromium.js';
import { type Availability, requireNative } from './native.js';

/** Where Debian's Chromium keeps its libraries. */
const FOLDERS = ['/usr/lib/chromium', '/usr/lib/chromium-browser'];
const DRIVER = 'vk_swiftshader_icd.json';
const LOADER = 'libvulkan.so.1';

/** For good: koffi unloads a library that the garbage collector finds, and Dawn is loaded later. */
const held = new Set<unknown>();

/** Where a system's drivers of Vulkan say that they are there. */
const SYSTEM = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d'];

/**
 * Lets Dawn find a driver in this process: that of `VK_ICD_FILENAMES` or `VK_DRIVER_FILES` where one is said, else the
 * software one that Chromium brings, with Chromium's loader of drivers where the system has none, else those of the
 * system. To be called before Dawn is loaded.
 *
 * @param places folders in which the system's drivers are told of, and in which Chromium may keep its own
 * @returns what is missing, or nothing
 */
export function provideVulkan(
  environment: NodeJS.ProcessEnv = process.env,
  places: {
    readonly system?: readonly string[];
    readonly chromiumFolders?: readonly string[];
  } = {},
): string | undefined {
  const { system = SYSTEM, chromiumFolders = FOLDERS } = places;
  if (environment.VK_ICD_FILENAMES || environment.VK_DRIVER_FILES) return undefined;
  const chromium = findChromium(environment);
  const folders = [...chromiumFolders, ...(chromium ? [dirname(chromium)] : [])];
  const folder = folders.find((one) => existsSync(join(one, DRIVER)));
  if (!folder) {
    if (system.some((one) => existsSync(one) && readdirSync(one).length > 0)) return undefined;
    return `no ${DRIVER} in ${folders.join(', ')}, and no driver in ${system.join(', ')}; on Debian: apt-get install chromium`;
  }
  environment.VK_ICD_FILENAMES = join(folder, DRIVER);
  // The loader warns without it.
  environment.XDG_RUNTIME_DIR ??= '/tmp';
  const loader = join(folder, LOADER);
  // What a process has loaded once, it finds by its name.
  if (existsSync(loader)) {
    // Few tests need it.
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
    held.add(koffi.load(loader));
  }
  return undefined;
}

/** Whether WebGPU can be tested in this process, on whatever driver; `CI=true npm test` sets it up where it can. */
export function requireWebGpu(): Availability {
  return requireNative('a driver for WebGPU', provideVulkan);
}
