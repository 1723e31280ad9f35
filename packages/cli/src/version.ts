import { createRequire } from 'node:module';

const found = createRequire(import.meta.url)('../package.json') as { version: string };

/** Version of this package. */
export const version = found.version;
