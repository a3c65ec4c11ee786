import { STATUS_CODES } from 'node:http';
import { styleText } from 'node:util';

type Style = Parameters<typeof styleText>[0];

const INDENT = '  ';
const TEXT_WIDTH = 78;
/** Columns are told apart by this much. */
const GAP = '  ';

/** Columns of numbers. */
const RIGHT_ALIGNED = new Set(['VCPU', 'RAM', 'DISK']);

/** Words that deserve a colour wherever a table has them. */
const CELL_STYLES = new Map<string, Style>([
  ['available', 'green'],
  ['missing', 'yellow'],
  ['private', 'yellow'],
]);

/** How the story looks: one voice each for headings, sentences, requests and answers. Reads well without colours too. */
export class Printer {
  constructor(
    private readonly write: (text: string) => void,
    private readonly isColored: boolean,
  ) {}

  /** The first line of all. */
  title(text: string): void {
    this.line(this.style('bold', text));
    this.line(this.style('bold', '='.repeat(text.length)));
  }

  /** Begins a chapter. */
  heading(text: string): void {
    this.line();
    this.line(this.style('bold', text));
    this.line(this.style('dim', '-'.repeat(text.length)));
  }

  /** Sentences, as wide as one likes to read. */
  say(...sentences: string[]): void {
    for (const sentence of sentences) this.paragraph(sentence, '');
  }

  /** Who asks for what. */
  request(visitor: string, line: string): void {
    this.line();
    this.line(`${INDENT}${this.style('cyan', `${visitor}>`)} ${this.style('bold', line)}`);
  }

  /** The first line of an answer, and the headers that matter. */
  status(status: number, headers: Readonly<Record<string, string>>): void {
    const text = `${status} ${STATUS_CODES[status] ?? ''}`.trimEnd();
    const notes = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
    this.line([`${INDENT}${this.style(status < 400 ? 'green' : 'red', text)}`, ...notes].join(GAP));
  }

  /** One entry of an error. */
  problem(code: string, detail: string): void {
    this.line(`${INDENT}${this.style('yellow', code)}`);
    this.paragraph(detail, '  ');
  }

  /** A table, its first row being the names of the columns. */
  table(rows: readonly (readonly string[])[]): void {
    const names = rows[0] ?? [];
    const widths = names.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
    rows.forEach((row, index) => {
      const cells = row.map((cell, column) => {
        const width = widths[column] ?? 0;
        return RIGHT_ALIGNED.has(names[column] ?? '') ? cell.padStart(width) : cell.padEnd(width);
      });
      const text = `${INDENT}${cells.join(GAP)}`.trimEnd();
      this.line(index === 0 ? this.style('dim', text) : this.highlight(text));
    });
  }

  /** As it stands, to be copied. */
  verbatim(...lines: string[]): void {
    for (const line of lines) this.line(line);
  }

  private paragraph(text: string, extraIndent: string): void {
    for (const line of wrap(text, TEXT_WIDTH - extraIndent.length)) this.line(`${INDENT}${extraIndent}${line}`);
  }

  private highlight(text: string): string {
    return text.replace(/\S+/g, (word) => this.style(CELL_STYLES.get(word), word));
  }

  private style(style: Style | undefined, text: string): string {
    return this.isColored && style !== undefined ? styleText(style, text) : text;
  }

  private line(text = ''): void {
    this.write(`${text}\n`);
  }
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
