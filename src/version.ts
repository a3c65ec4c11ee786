import { readFileSync } from 'node:fs';
import path from 'node:path';

/** The version of this program, as package.json has it. That of the API is counted apart (`OpenStack-API-Version`). */
export const VERSION = readVersion();

function readVersion(): string {
  const file = path.join(__dirname, '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}
