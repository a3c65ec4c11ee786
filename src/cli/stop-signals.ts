import { constants } from 'node:os';
import type { Logger } from '../logger';
import { USER_SIGNALS } from '../user-signals';

const SAME_SIGNAL_MS = 1000;
const NAMES = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const;

export type StopSignal = (typeof NAMES)[number];

/**
 * Hears the signals that stop the service from its making on: made before the service listens, so that no signal finds
 * a process that serves and does not listen to signals yet.
 */
export class StopSignals {
  readonly #logger: Logger;
  #resolve: (signal: StopSignal) => void = () => undefined;
  #isServing = false;
  #firstAt: number | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
    for (const name of NAMES) process.on(name, this.#hear);
    for (const name of USER_SIGNALS) process.on(name, () => logger.info('this signal means nothing', { signal: name }));
  }

  /**
   * Waits for the first signal, now that there is something to stop. A second one ends the process at once; but not
   * within a moment of the first, for npm sends on the Ctrl-C that a terminal has sent already.
   */
  first(): Promise<StopSignal> {
    this.#isServing = true;
    return new Promise((resolve) => (this.#resolve = resolve));
  }

  readonly #hear = (signal: NodeJS.Signals): void => {
    if (!this.#isServing) {
      for (const name of NAMES) process.off(name, this.#hear);
      process.kill(process.pid, signal); // nothing runs that could be lost: as if nobody had heard it
      process.exit(128 + constants.signals[signal]); // only come to in a container: the first process there does not die of it
    } else if (this.#firstAt === undefined) {
      this.#firstAt = performance.now();
      this.#logger.info('stopping', { signal });
      this.#resolve(signal as StopSignal);
    } else if (performance.now() - this.#firstAt > SAME_SIGNAL_MS) {
      process.exit(1);
    }
  };
}
