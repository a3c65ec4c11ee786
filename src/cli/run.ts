import { demo } from './demo/demo';
import { serve } from './serve';

const USAGE = [
  'usage: node dist/main.js [serve]       serves until Ctrl-C or SIGTERM',
  '       node dist/main.js demo          plays the main job on a stub Keystone and Nova, then stays up',
  '       node dist/main.js demo --once   plays it and ends',
];

/** Does what the command line says. Whatever it does not know ends with the usage and 2. */
export async function run(argv: readonly string[]): Promise<void> {
  switch (argv.join(' ')) {
    case '':
    case 'serve':
      return serve();
    case 'demo':
      return demo({ staysUp: true });
    case 'demo --once':
      return demo({ staysUp: false });
    default:
      process.stderr.write(`${USAGE.join('\n')}\n`);
      process.exitCode = 2;
  }
}
