import { demo } from './demo/demo';
import { pruneEvents } from './prune-events';
import { serve } from './serve';

const USAGE = [
  'usage: node dist/main.js [serve]                      serves until Ctrl-C or SIGTERM',
  '       node dist/main.js events:prune --before DATE   forgets what happened before that day or time',
  '       node dist/main.js demo                         plays the main job on a stub Keystone and Nova, then stays up',
  '       node dist/main.js demo --once                  plays it and ends',
];

/** Does what the command line says. Whatever it does not know ends with the usage and 2. */
export async function run(argv: readonly string[]): Promise<void> {
  const [verb = 'serve', ...rest] = argv;
  const date = verb === 'events:prune' ? rest.splice(1).join(' ') : '';
  switch ([verb, ...rest].join(' ')) {
    case 'serve':
      return serve();
    case 'events:prune --before':
      return pruneEvents(date);
    case 'demo':
      return demo({ staysUp: true });
    case 'demo --once':
      return demo({ staysUp: false });
  }
  process.stderr.write(`${USAGE.join('\n')}\n`);
  process.exitCode = 2;
}
