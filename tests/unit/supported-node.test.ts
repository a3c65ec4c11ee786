import { readFileSync } from 'node:fs';
import path from 'node:path';
import { lookAtNode } from '../../src/cli/doctor/look-at-node';
import { isSupportedNode, NODE_LINES, NODE_LINES_IN_WORDS, unsupportedNode } from '../../src/supported-node';
import { VERSION } from '../../src/version';

const ROOT = path.join(__dirname, '../..');
const read = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');

describe('which Node.js will do', () => {
  it.each(['22.19.0', '22.23.1', '24.11.0', '24.21.0', '25.0.0', '26.0.0', '27.1.0'])('%s does', (version) => {
    expect(isSupportedNode(version)).toBe(true);
    expect(unsupportedNode(version, '/usr/bin/node')).toBeUndefined();
  });

  it.each(['18.20.8', '20.20.2', '21.7.3', '22.18.0', '23.11.1', '24.10.0'])('%s does not', (version) => {
    expect(isSupportedNode(version)).toBe(false);
    expect(unsupportedNode(version, '/usr/bin/node')).toBe(
      `registered-flavors needs Node.js 22.19 or later of 22, or 24.11 or later, and this is ${version} (/usr/bin/node).`,
    );
  });

  it('stands everywhere alike', () => {
    const { engines } = JSON.parse(read('package.json')) as { engines: { node: string } };
    expect(engines.node).toBe('>=22.19 <23 || >=24.11');
    for (const page of ['README.md', 'docs/operators-guide.md', 'SECURITY.md'])
      expect(read(page)).toContain(NODE_LINES_IN_WORDS);
    const rows = [...read('SECURITY.md').matchAll(/^\| (\d+) +\| (\d{4}-\d\d-\d\d) /gm)];
    expect(rows.map(([, major, ends]) => ({ major: Number(major), ends }))).toEqual(NODE_LINES);
  });
});

const TESTED = `registered-flavors ${VERSION} is tested with 22, 24, 26`;

describe('what the doctor says of it', () => {
  it.each([
    ['24.21.0', '2026-11-27', 'ok', `Node.js 24.21.0, which gets fixes until 2028-04-30; ${TESTED}.`],
    ['22.19.0', '2027-05-01', 'warn', `Node.js 22.19.0 has got no fixes since 2027-04-30; ${TESTED}.`],
    ['25.2.0', '2026-11-27', 'warn', `Node.js 25.2.0 is another one than those it was tested with; ${TESTED}.`],
  ])('%s on %s: %s', (version, today, severity, says) => {
    expect(lookAtNode(version, today)).toMatchObject({ about: 'node', severity, says });
  });
});
