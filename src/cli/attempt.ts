import { RegisteredFlavorsError } from '../errors';
import { exitCodeOf, explain } from './explain';

/** Does what a command is for. When it cannot be done, it is said why, in words, and the process ends with {@link exitCodeOf}. */
export async function attempt(what: string, work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    const words = error instanceof RegisteredFlavorsError ? error.message : explain(error);
    process.stderr.write(`registered-flavors cannot ${what}: ${words}\n`);
    process.exitCode = exitCodeOf(error);
  }
}
