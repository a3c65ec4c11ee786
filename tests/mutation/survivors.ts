/** Why no test notices when some code is changed. */
export interface Explanation {
  readonly file: string;
  /** A piece of the line that is changed; "" for all of the file. */
  readonly code: string;
  readonly why: string;
}

export const EXPLANATIONS: readonly Explanation[] = [];
