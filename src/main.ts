#!/usr/bin/env node
import './refuse-old-node'; // first: what an old Node.js cannot load is loaded behind it
import './user-signals'; // before what takes time to load
import type * as commandLine from './cli/run';
import { incompleteInstall } from './incomplete-install';

try {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- only what is not imported can be missing in words
  const { run } = require('./cli/run') as typeof commandLine;
  void run(process.argv.slice(2));
} catch (error) {
  const refusal = incompleteInstall(error);
  if (refusal === undefined) throw error;
  process.stderr.write(`${refusal}\n`);
  process.exitCode = 1;
}
