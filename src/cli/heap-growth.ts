import { setFlagsFromString } from 'node:v8';

/** By how much the heap may grow beyond what was in use after the last collection of all of it, until the next one. */
const HEAP_GROWTH_PERCENT = 50;

/**
 * Keeps V8 from letting the heap become four times as large as what is in use: a large read leaves so much behind at once
 * that a few clients could take hundreds of MiB of garbage. The young generation has its bound in the environment, which V8
 * reads at its own start (NODE_OPTIONS in deploy/).
 */
export function boundHeapGrowth(): void {
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}
