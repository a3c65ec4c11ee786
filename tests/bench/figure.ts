import type { StubCloud } from '../../src/stub/stub-cloud';
import type { ServiceProcess } from '../support/service-process';

/** One line of the table. */
export interface Figure {
  readonly what: string;
  /** In words, as the table shows it. */
  readonly measured: string;
  readonly must: string;
  readonly isMet: boolean;
}

/** The figures of one subject. */
export interface Bench {
  readonly subject: string;
  /** @param keep hands over a process that is to be stopped afterwards */
  run(cloud: StubCloud, keep: (server: ServiceProcess) => ServiceProcess): Promise<Figure[]>;
}

/** A figure that has to reach at least so much. */
export function atLeast(what: string, value: number, bound: number): Figure {
  return { what, measured: value.toFixed(2), must: `at least ${bound}`, isMet: value >= bound };
}

/** A figure that may come to so much at the most. */
export function atMost(what: string, value: number, bound: number, unit = ''): Figure {
  const measured = (Number.isInteger(value) ? String(value) : value.toFixed(2)) + unit;
  return { what, measured, must: `at most ${bound}${unit}`, isMet: value <= bound };
}

/** Something worth knowing that nothing is demanded of. */
export function forOrientation(what: string, measured: string): Figure {
  return { what, measured, must: '', isMet: true };
}
