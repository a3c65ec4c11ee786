#!/usr/bin/env node
import './refuse-old-node'; // first: what an old Node.js cannot load is imported behind it
import './user-signals'; // before what takes time to load
import { run } from './cli/run';

void run(process.argv.slice(2));
