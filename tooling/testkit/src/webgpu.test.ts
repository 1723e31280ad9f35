import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { provideVulkan } from './webgpu.js';

test('without Chromium, the drivers of the system are enough', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vulkan-'));
  try {
    const environment: NodeJS.ProcessEnv = { PATH: '' };
    const places = { system: [folder, join(folder, 'nowhere')], chromiumFolders: [] };
    expect(provideVulkan(environment, places)).toMatch(/no driver in .*apt-get install chromium/);
    writeFileSync(join(folder, 'nvidia_icd.json'), '{}');
    expect(provideVulkan(environment, places)).toBeUndefined();
    // Dawn finds them by itself.
    expect(environment).toEqual({ PATH: '' });
    expect(provideVulkan({ VK_DRIVER_FILES: 'some.json' }, { system: [] })).toBeUndefined();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
