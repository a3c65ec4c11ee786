/** The exit code of a command whose output was lost. */
const LOST_OUTPUT = 1;

/** What goes wrong with stderr can be told nowhere: the work goes on. */
export function surviveStderr(): void {
  process.stderr.on('error', () => undefined);
}

/**
 * For commands whose output is their answer. A reader who has seen enough (`doctor | head -1`) changes nothing: the command
 * does its work and ends as it would have. Output that is lost otherwise, to a full disk for instance, is a failure.
 */
export function failWithoutStdout(): void {
  let isTold = false;
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
    if (code === 'EPIPE') return;
    if (!isTold) process.stderr.write(`registered-flavors cannot write its output to stdout (${code}).\n`);
    isTold = true;
    process.exitCode = LOST_OUTPUT;
  });
}
