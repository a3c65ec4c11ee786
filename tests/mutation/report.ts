import { readFileSync } from 'node:fs';
import path from 'node:path';
import { EXPLANATIONS, type Explanation } from './survivors';

/** One change to the code, and whether a test noticed it. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** The line that was changed, as it stands in the file. */
  readonly code: string;
  readonly mutatorName: string;
  readonly replacement: string;
  readonly status: 'Killed' | 'Timeout' | 'Survived' | 'NoCoverage' | 'RuntimeError' | 'CompileError' | 'Ignored';
}

interface StrykerReport {
  readonly files: Record<string, { source: string; mutants: (Mutant & { location: { start: { line: number } } })[] }>;
}

/** Which files are told apart as what. A folder ends in a slash. */
const PARTS = JSON.parse(readFileSync(path.join(__dirname, 'parts.json'), 'utf8')) as Record<string, string[]>;

/** What one part of the code has come to. */
export interface Part {
  readonly name: string;
  readonly places: readonly string[];
  readonly mutants: readonly Mutant[];
}

export interface Survivors {
  readonly explained: ReadonlyMap<Explanation, readonly Mutant[]>;
  readonly unexplained: readonly Mutant[];
  /** Explanations of what does not survive any more. */
  readonly needless: readonly Explanation[];
}

/** The parts of Stryker's JSON report. */
export function readReport(file: string): Part[] {
  const { files } = JSON.parse(readFileSync(file, 'utf8')) as StrykerReport;
  const mutants = Object.entries(files).flatMap(([name, { source, mutants: some }]) => {
    const lines = source.split('\n');
    return some.map((mutant): Mutant => {
      const { line } = mutant.location.start;
      return { ...mutant, file: name, line, code: lines[line - 1]!.trim() };
    });
  });
  return Object.entries(PARTS).map(([name, places]) => ({
    ...{ name, places },
    mutants: mutants.filter(({ file }) => places.some((place) => file.startsWith(place))),
  }));
}

export function count(mutants: readonly Mutant[], ...statuses: Mutant['status'][]): number {
  return mutants.filter(({ status }) => statuses.includes(status)).length;
}

/** How many of a hundred were noticed. */
export function scoreOf(mutants: readonly Mutant[]): number {
  return (100 * count(mutants, 'Killed', 'Timeout')) / count(mutants, 'Killed', 'Timeout', 'Survived', 'NoCoverage');
}

/** What nobody noticed, with the reason why that may be so. */
export function findSurvivors(mutants: readonly Mutant[]): Survivors {
  const left = mutants.filter(({ status }) => status === 'Survived' || status === 'NoCoverage');
  const explaining = (mutant: Mutant) => EXPLANATIONS.find((each) => explains(each, mutant));
  const explained = new Map(EXPLANATIONS.map((each) => [each, left.filter((mutant) => explaining(mutant) === each)]));
  return {
    explained,
    unexplained: left.filter((mutant) => explaining(mutant) === undefined),
    needless: EXPLANATIONS.filter((each) => explained.get(each)?.length === 0),
  };
}

function explains({ file, code }: Explanation, mutant: Mutant): boolean {
  return mutant.file === file && code.some((piece) => mutant.code.includes(piece));
}
