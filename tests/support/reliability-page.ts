import { readFileSync } from 'node:fs';
import path from 'node:path';
import { writePage } from './written-page';

const PAGE = path.join(__dirname, '../../docs/reliability.md');

/** Puts what was found into docs/reliability.md: under a heading of the second level, in the place of what stands there. */
export function writeReliability(heading: string, text: string): void {
  const [top = '', ...sections] = readFileSync(PAGE, 'utf8').split(/^(?=## )/m);
  const isThis = (section: string) => section.startsWith(`## ${heading}\n`);
  const written = `## ${heading}\n\n${text.trim()}\n\n`;
  const all = sections.some(isThis)
    ? sections.map((section) => (isThis(section) ? written : section))
    : [...sections, written];
  writePage('reliability.md', `${[top, ...all].join('').trimEnd()}\n`);
}

/** A number as the page has it. */
export function figure(value: number): string {
  return value.toLocaleString('en');
}
