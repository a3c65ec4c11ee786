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
  run(): Promise<Figure[]>;
}

/** A figure that has to reach at least so much. */
export function atLeast(what: string, value: number, bound: number, unit = ''): Figure {
  return { what, measured: value.toFixed(2) + unit, must: `at least ${bound}${unit}`, isMet: value >= bound };
}

/** A figure that may come to so much at the most. */
export function atMost(what: string, value: number, bound: number, unit = ''): Figure {
  const digits = Number.isInteger(value) ? 0 : 2;
  return { what, measured: value.toFixed(digits) + unit, must: `at most ${bound}${unit}`, isMet: value <= bound };
}

/** Something worth knowing that nothing is demanded of. */
export function forOrientation(what: string, measured: string): Figure {
  return { what, measured, must: '', isMet: true };
}
