import type { TestUserConfig, ViteUserConfig } from 'vitest/config';

export function preset(test?: TestUserConfig): ViteUserConfig;
export const threadsFromSources: readonly string[];
