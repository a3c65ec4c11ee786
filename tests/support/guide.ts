import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** Some commands of a page, and the answer that it shows for the last of them. */
interface Block {
  readonly commands: string;
  readonly shown: unknown;
}

/** What became of a block. */
export interface Played {
  readonly commands: string;
  readonly output: string;
  /** Of each HTTP answer to a curl of it. */
  readonly statuses: readonly number[];
  readonly shown: unknown;
}

/** Before a page's own commands: curl tells each status beside its answer, and nothing else. */
const PRELUDE = `
set -euo pipefail
openstack() { OS_CLOUD=lab-admin command openstack "$@"; }
curl() { command curl -sS -w '\\n%{stderr}HTTP %{http_code}\\n' "$@"; }
`;

/** The `sh` blocks of a page, each with the `json` block that follows it before the next one. */
function blocksOf(page: string): Block[] {
  const fences = [...page.matchAll(/^```(\w*)\n([^]*?)^```$/gm)].map(([, kind, text]) => ({ kind, text: text! }));
  return fences.flatMap(({ kind, text }, index) => {
    const next = fences[index + 1];
    if (kind !== 'sh') return [];
    return { commands: text, shown: next?.kind === 'json' ? (JSON.parse(next.text) as unknown) : undefined };
  });
}

/**
 * Runs all `sh` blocks of a page, one after the other in one shell.
 * @param replaced what stands in the page for the addresses of the world it is played in
 * @throws Error at the first command that fails, with what it has said
 */
export async function playGuide(
  file: string,
  { replaced, folder, environment }: { replaced: [string, string][]; folder: string; environment: NodeJS.ProcessEnv },
): Promise<Played[]> {
  const blocks = blocksOf(readFileSync(file, 'utf8'));
  const mark = '@@ the end of a block';
  const written = blocks.map(({ commands }) => `${commands}\necho '${mark}'; echo '${mark}' >&2`).join('\n');
  const script = replaced.reduce((text, [from, to]) => text.replaceAll(from, to), written);
  const shell = spawn('bash', ['-c', PRELUDE + script], { cwd: folder, env: environment });
  const said = { stdout: '', stderr: '' };
  shell.stdout.on('data', (chunk: Buffer) => (said.stdout += chunk.toString('utf8')));
  shell.stderr.on('data', (chunk: Buffer) => (said.stderr += chunk.toString('utf8')));
  const [code] = (await once(shell, 'close')) as [number];
  const [outputs, errors] = [said.stdout.split(mark), said.stderr.split(mark)];
  if (code !== 0) {
    const at = errors.length - 1;
    throw new Error(`ended with ${code} in:\n${blocks[at]?.commands}\n${outputs.at(-1)}\n${errors.at(-1)}`);
  }
  return blocks.map(({ commands, shown }, index) => ({
    commands,
    shown,
    output: outputs[index]!.trim(),
    statuses: [...errors[index]!.matchAll(/^HTTP (\d+)$/gm)].map(([, status]) => Number(status)),
  }));
}

/** What of an answer is another one each time, in the place of which the page shows an example. */
const VOLATILE = /^(id|created_at|updated_at|user_id|project_id|request_id|global_request_id)$/;

/** The same value with `...` for what is another one each time; ids of flavors stay. */
export function settled(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/marker=\d+$/, 'marker=...');
  if (Array.isArray(value)) return value.map(settled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      const isOther = VOLATILE.test(name) && each !== null && !('vcpus' in value);
      return [name, isOther ? '...' : settled(each)];
    }),
  );
}
