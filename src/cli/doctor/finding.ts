/** How bad a finding is: `fail` has to be mended, `warn` ought to be looked at. */
export type Severity = 'ok' | 'warn' | 'fail';

/** One thing that the doctor has looked at. */
export interface Finding {
  readonly about: 'node' | 'settings' | 'registry' | 'keystone' | 'nova' | 'flavors';
  readonly severity: Severity;
  /** What is so. */
  readonly says: string;
  /** What to do about it. */
  readonly advice?: string;
}

const WIDEST = 'settings'.length;

/** A finding as a line, and its advice on another. */
export function renderFinding({ about, severity, says, advice }: Finding): string {
  const line = `${severity.toUpperCase().padEnd(4)}  ${about.padEnd(WIDEST)}  ${says}`;
  return advice === undefined ? line : `${line}\n      ${' '.repeat(WIDEST)}  -> ${advice}`;
}
