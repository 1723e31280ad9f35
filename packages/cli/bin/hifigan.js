#!/usr/bin/env node
import { main } from '@hifigan/cli';

process.exitCode = await main(process.argv.slice(2));
