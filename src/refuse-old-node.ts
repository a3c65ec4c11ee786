import { EXIT_CODE } from './exit-code';
import { unsupportedNode } from './supported-node';

// These two are loaded for this alone. better-sqlite3 would end the process on an old Node.js without a word.
const refusal = unsupportedNode(process.versions.node, process.execPath);
if (refusal !== undefined) {
  process.stderr.write(`${refusal}\n`);
  process.exit(EXIT_CODE.misconfigured);
}
