import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { ERROR_TITLES } from '../errors';

/** What docs/errors.md says of an error code, as text for a terminal or a browser. */
export interface ErrorPage {
  /** The status that it comes with, as docs/errors.md writes it: `404 Not Found`. */
  readonly status: string;
  readonly title: string;
  readonly text: string;
}

/** The pages by code, in the order of docs/errors.md. A Map: whoever asks for `__proto__` finds nothing. */
export type ErrorPages = ReadonlyMap<string, ErrorPage>;

/** What a link of Markdown shows. Its target is a file beside docs/errors.md, which is not served. */
const LINK = /\[([^\]]+)\]\([^)]+\)/g;

/** Reads docs/errors.md: the copy in `dist` where it was built, or the file of the source tree. */
export function readErrorPages(): ErrorPages {
  const built = path.join(__dirname, '..', 'errors.md');
  const file = existsSync(built) ? built : path.join(__dirname, '..', '..', 'docs', 'errors.md');
  const [, ...chapters] = readFileSync(file, 'utf8').split(/^## /m);
  return new Map(chapters.flatMap(pagesOf));
}

/** A chapter is of one status: what it says first is true of each of its codes. */
function pagesOf(chapter: string): [string, ErrorPage][] {
  const [head = '', ...sections] = chapter.split(/^### /m);
  const [status, ofAll] = headed(head);
  return sections.map((section) => {
    const [code, meaning] = headed(section);
    const title = Object.entries(ERROR_TITLES).find(([known]) => known === code)?.[1] ?? '';
    const parts = [`${status}\n${code}: ${title}`, ofAll, meaning].filter((part) => part !== '');
    return [code, { status, title, text: `${parts.join('\n\n').replace(LINK, '$1')}\n` }];
  });
}

/** The heading, and what stands under it. */
function headed(text: string): [string, string] {
  const [heading = '', ...lines] = text.split('\n');
  return [heading.trim(), lines.join('\n').trim()];
}
