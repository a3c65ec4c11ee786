import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const ROOT = path.join(__dirname, '../..');
const PAGE = path.join(ROOT, 'docs/licences.md');
/** Those that ask no more of a program that is distributed than that they are named. */
const PERMISSIVE = /\b(MIT|ISC|BSD-[23]-Clause|Apache-2\.0|BlueOak-1\.0\.0|Python-2\.0|0BSD)\b/;

interface Locked {
  readonly version: string;
  readonly link?: boolean;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly optional?: boolean;
  readonly hasInstallScript?: boolean;
}
interface Manifest {
  readonly license?: string;
  readonly licenses?: readonly { type: string }[];
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

const read = <T>(file: string) => JSON.parse(readFileSync(path.join(ROOT, file), 'utf8')) as T;
const { packages } = read<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json');
const nameOf = (place: string) => place.split('node_modules/').at(-1)!;

/** What is installed with the package, as `name version`, by licence. */
function byLicence(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [place, { version, link, dev, devOptional, optional }] of Object.entries(packages)) {
    if (!place.startsWith('node_modules/') || link === true || [dev, devOptional, optional].includes(true)) continue;
    const { license, licenses } = read<Manifest>(`${place}/package.json`);
    const licence = license ?? licenses?.[0]?.type ?? 'none';
    found.set(licence, [...(found.get(licence) ?? []), `${nameOf(place)} ${version}`]);
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

describe('what we depend on', () => {
  it('has licences that let the package be given on, and docs/licences.md lists them', () => {
    const found = byLicence();
    expect([...found.keys()].filter((licence) => !PERMISSIVE.test(licence))).toEqual([]);
    const lists = [...found].map(([licence, names]) => `## ${licence}\n\n${[...new Set(names)].sort().join(', ')}\n`);
    const page = [
      '# Licences\n',
      'Written by `npm run docs:licences`. Registered Flavors is under the Apache License 2.0; this is what comes with it when it is installed. better-sqlite3 contains SQLite, which is in the public domain.\n',
      ...lists,
    ].join('\n');
    if (process.env['WRITE_DOCS'] === '1') writeFileSync(PAGE, page);
    expect(readFileSync(PAGE, 'utf8')).toBe(page);
  });

  it('runs no script when it is installed that is not decided on by name', () => {
    const withScript = Object.entries(packages).filter(([, { hasInstallScript }]) => hasInstallScript === true);
    const names = [...new Set(withScript.map(([place]) => nameOf(place)))];
    expect(Object.keys(read<Manifest>('package.json').allowScripts ?? {})).toEqual(expect.arrayContaining(names));
  });
});
