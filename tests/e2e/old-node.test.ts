import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';

const ROOT = path.join(__dirname, '../..');
const OLD = path.join(ROOT, '.ci/nodes/node_modules/node20/bin/node'); // npm ci --ignore-scripts --prefix .ci/nodes

describe('on a Node.js that is too old', () => {
  jest.setTimeout(120_000);
  beforeAll(() => promisify(execFile)('npm', ['run', '--silent', 'build'], { cwd: ROOT }));

  it.each([['serve'], ['doctor'], ['--version']])('%s says so in one sentence, and ends with 78', async (command) => {
    const program = promisify(execFile)(OLD, [path.join(ROOT, 'dist/main.js'), command], { cwd: ROOT });
    await expect(program).rejects.toMatchObject({
      code: 78, // systemd does not start it again
      stdout: '',
      stderr: `registered-flavors needs Node.js 22.19 or later of 22, or 24.11 or later, and this is 20.20.2 (${OLD}).\n`,
    });
  });
});
