import { performance } from 'node:perf_hooks';

const { nodeTiming } = performance;

/**
 * Which iteration of the event loop this is. libuv counts right before it asks the system for what has come, so that
 * everything that one iteration handles had come before the first piece of it ran. (More than 1,024 events at once would be
 * asked for in two parts.)
 */
export function loopIteration(): number {
  return nodeTiming.uvMetricsInfo.loopCount;
}
