import { fstatSync } from 'node:fs';
import winston from 'winston';
import { LogFile, type LogTarget } from './log-file';
import { LogOutput } from './log-output';

export type Logger = winston.Logger;

/**
 * Lines to stdout, one each: JSON for machines, or text for people.
 *
 * What is logged is chosen where it is logged, field by field. Nobody logs an error of axios, a header or a body: that
 * is how a token would get in. Errors are logged by {@link describeError}.
 */
export function createLogger(options: { level: string; format: 'json' | 'text' }): Logger {
  const output = new LogOutput(logTarget(), (lost) => {
    logger.error('lines of the log were lost', lost); // at this level it is said whatever LOG_LEVEL is
  });
  const logger = winston.createLogger({
    level: options.level,
    format: winston.format.combine(
      winston.format.timestamp(),
      options.format === 'json' ? winston.format.json() : text,
    ),
    transports: [new winston.transports.Stream({ stream: output })],
  });
  outputs.set(logger, { output, isJson: options.format === 'json' });
  process.once('exit', output.flush);
  return logger;
}

/** stdout, or the file that it has been led to. */
function logTarget(): LogTarget {
  return fstatSync(process.stdout.fd).isFile() ? new LogFile(process.stdout.fd) : process.stdout;
}

const outputs = new WeakMap<Logger, { output: LogOutput; isJson: boolean }>();

/** How many lines of a log did not get out; 0 for a logger of another making. */
export function countLostLines(logger: Logger): number {
  return outputs.get(logger)?.output.lost ?? 0;
}

/**
 * Logs at the level `info`, as `logger.info` would. There is such a line for each request, and winston's way from a call to
 * a line costs more than all else of a read: where the line is JSON, it is made here.
 */
export function logInfo(logger: Logger, message: string, fields: Readonly<Record<string, unknown>>): void {
  const to = outputs.get(logger);
  if (to?.isJson !== true) logger.info(message, fields);
  else if (logger.isInfoEnabled()) {
    const timestamp = new Date().toISOString();
    to.output.writeLine(`${JSON.stringify({ level: 'info', message, timestamp, ...fields })}\n`);
  }
}

/** Needs no quotes: nothing in it could be taken for another field or another line. */
const PLAIN = /^[\x21\x23-\x7e]+$/;

const text = winston.format.printf(({ timestamp, level, message, ...fields }) => {
  const rest = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${typeof value === 'string' && PLAIN.test(value) ? value : quote(value)}`);
  return [String(timestamp), level.toUpperCase().padEnd(5), String(message), ...rest].join(' ');
});

/** As JSON in ASCII: no terminal breaks a line, or turns one around, at what a caller sent. */
function quote(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** An unforeseen error as fields for a log line: winston prints an Error inside its fields as {}. */
export function describeError(error: unknown): { error: string; stack: string | undefined } {
  if (error instanceof Error) return { error: `${error.name}: ${error.message}`, stack: error.stack };
  return { error: String(error), stack: undefined };
}
