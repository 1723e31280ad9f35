#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import { main } from '@hifigan/cli';

process.exitCode = await main(process.argv.slice(2), {
  program: fileURLToPath(import.meta.url),
});
