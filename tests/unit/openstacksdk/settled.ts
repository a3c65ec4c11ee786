import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { type SettingsCase, SETTINGS_CASES } from './settings-cases';

/** What a program comes to in one of the cases: its login, where it looks for Nova, or why it does not go on. */
export type Settled = Readonly<Record<string, unknown>>;

/** Debian's python3-openstacksdk, which openstackclient needs. */
const SDK = ['/usr/bin/python3', path.join(__dirname, 'values_of_sdk.py')];
const RUN_TYPESCRIPT = path.join(__dirname, '../../support/run-typescript.cjs');
const SOURCES = path.join(__dirname, '../../../src');
const SERVICE = [process.execPath, '-r', RUN_TYPESCRIPT, path.join(__dirname, 'values-of-service.cjs'), SOURCES];

/** What openstacksdk comes to in each case. */
export const settledBySdk = (): Promise<Settled[]> => settledBy(SDK);

/** What the service comes to in each case. */
export const settledByService = (): Promise<Settled[]> => settledBy(SERVICE);

async function settledBy([program, ...args]: readonly string[]): Promise<Settled[]> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'settings-'));
  const lines = SETTINGS_CASES.map((each, at) => JSON.stringify(prepare(each, path.join(folder, String(at)))));
  const child = spawn(program!, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(`${lines.join('\n')}\n`);
  const answers = (await text(child.stdout)).trim().split('\n');
  rmSync(folder, { recursive: true });
  return answers.map((line) => JSON.parse(line) as Settled);
}

function prepare({ files = {}, variables = {} }: SettingsCase, folder: string): object {
  for (const place of ['home', 'work']) mkdirSync(path.join(folder, place), { recursive: true });
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), content);
  }
  const home = path.join(folder, 'home');
  const set = Object.entries(variables).map(([name, value]) => [name, value.replace('%home', home)]);
  return { folder: path.join(folder, 'work'), environment: { HOME: home, ...Object.fromEntries(set) } };
}
