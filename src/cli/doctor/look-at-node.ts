import { NODE_LINES, NODE_LINES_IN_WORDS } from '../../supported-node';
import { VERSION } from '../../version';
import type { Finding } from './finding';

const TESTED = `registered-flavors ${VERSION} is tested with ${NODE_LINES.map(({ major }) => major).join(', ')}`;

/**
 * What is to be said of the Node.js that runs this; one that is too old has been refused before.
 * @param version such as `24.11.0`
 * @param today `YYYY-MM-DD`
 */
export function lookAtNode(version: string, today: string): Finding {
  const about = 'node';
  const line = NODE_LINES.find(({ major }) => version.startsWith(`${major}.`));
  if (line === undefined) {
    return {
      ...{
        about,
        severity: 'warn',
        says: `Node.js ${version} is another one than those it was tested with; ${TESTED}.`,
      },
      advice: `Use Node.js ${NODE_LINES_IN_WORDS}, preferably an even one.`,
    };
  }
  if (line.ends < today) {
    return {
      ...{ about, severity: 'warn', says: `Node.js ${version} has got no fixes since ${line.ends}; ${TESTED}.` },
      advice: `Use Node.js ${NODE_LINES.at(-1)!.major}; a rolling restart changes it without a gap.`,
    };
  }
  return { about, severity: 'ok', says: `Node.js ${version}, which gets fixes until ${line.ends}; ${TESTED}.` };
}
