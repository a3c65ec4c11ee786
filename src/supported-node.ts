/** A line of Node.js releases that this program is tested with. */
export interface NodeLine {
  readonly major: number;
  /** The day on which the line gets its last fixes (github.com/nodejs/release). */
  readonly ends: string;
}

export const NODE_LINES: readonly NodeLine[] = [
  { major: 22, ends: '2027-04-30' },
  { major: 24, ends: '2028-04-30' },
  { major: 26, ends: '2029-04-30' },
];

/** The lines in words, the newest last. */
export const NODE_LINES_IN_WORDS = '22.19 or later of 22, or 24.11 or later';

/** Whether this version is in the range of `engines` in package.json. */
export function isSupportedNode(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 11) || major > 24;
}

/** One sentence on what is wrong with this version of the program that runs, or undefined. */
export function unsupportedNode(version: string, program: string): string | undefined {
  if (isSupportedNode(version)) return undefined;
  return `registered-flavors needs Node.js ${NODE_LINES_IN_WORDS}, and this is ${version} (${program}).`;
}
