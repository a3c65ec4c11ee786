import { writeSync } from 'node:fs';

/** Where lines go in the end. */
export interface LogTarget {
  /** How many characters wait. */
  readonly writableLength: number;
  write(text: string, done: (error?: Error | null) => void): void;
}

/** What a write says that has put out some of its text. */
export class CutOff extends Error {
  constructor(
    /** The system's code. */
    readonly code: string,
    /** How many line feeds of the text are out. */
    readonly lineFeeds: number,
  ) {
    super(code);
  }
}

/**
 * A file that tells how much of a text it has taken: a disk that is nearly full takes the beginning of it, and the stream
 * that Node has for files (`process.stdout` is one) does not look.
 */
export class LogFile implements LogTarget {
  readonly writableLength = 0;

  constructor(private readonly descriptor: number) {}

  write(text: string, done: (error?: Error) => void): void {
    const bytes = Buffer.from(text);
    let at = 0;
    let failure: Error | undefined;
    try {
      while (at < bytes.length) at += writeSync(this.descriptor, bytes, at);
    } catch (error) {
      failure = new CutOff(codeOf(error), countLineFeeds(bytes.subarray(0, at)));
    }
    process.nextTick(done, failure);
  }
}

function countLineFeeds(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf('\n'); at >= 0; at = bytes.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** The system's code of a failure, such as ENOSPC. */
export function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return 'code' in error ? String(error.code) : error.name;
}
