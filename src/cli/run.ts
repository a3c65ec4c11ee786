import { EXIT_CODE } from '../exit-code';
import { VERSION } from '../version';
import { demo } from './demo/demo';
import { doctor } from './doctor/doctor';
import { pruneEvents } from './prune-events';
import { backUpRegistry, checkMigrations, migrateRegistry, restoreRegistry } from './registry-commands';
import { serve } from './serve';
import { failWithoutStdout, surviveStderr } from './standard-streams';

const USAGE = [
  'usage: registered-flavors [serve]                      serves until Ctrl-C or SIGTERM',
  '       registered-flavors doctor                       what to run first when something is wrong',
  '       registered-flavors migrate                      brings the registry up to date, as each start does',
  '       registered-flavors migrate --check              whether that would do something; changes nothing',
  '       registered-flavors backup FILE                  copies the registry, also while it is in use',
  '       registered-flavors restore FILE                 puts a backup in its place, while no service runs',
  '       registered-flavors events:prune --before DATE   forgets what happened before that day or time',
  '       registered-flavors demo                         plays the main job on a stub Keystone and Nova, then stays up',
  '       registered-flavors demo --once                  plays it and ends',
  '       registered-flavors --help, --version',
];

const COMMANDS = new Map<string, () => Promise<void>>([
  ['serve', serve],
  ['doctor', doctor],
  ['migrate', migrateRegistry],
  ['migrate --check', checkMigrations],
  ['demo', () => demo({ staysUp: true })],
  ['demo --once', () => demo({ staysUp: false })],
  ...['--help', '-h', 'help'].map((word) => [word, () => say(USAGE)] as const),
  ['--version', () => say([VERSION])],
]);
/** Commands that end with a word of the caller's own. */
const COMMANDS_WITH = new Map<string, (word: string) => Promise<void>>([
  ['backup', backUpRegistry],
  ['restore', restoreRegistry],
  ['events:prune --before', pruneEvents],
]);

/** Does what the command line says. Whatever it does not know ends with the usage and 2. */
export async function run(argv: readonly string[]): Promise<void> {
  surviveStderr();
  const words = argv.length === 0 ? ['serve'] : argv;
  const word = words.at(-1) ?? '';
  const command = COMMANDS.get(words.join(' '));
  const commandWith = word.startsWith('-') ? undefined : COMMANDS_WITH.get(words.slice(0, -1).join(' '));
  if (command !== serve) failWithoutStdout(); // its stdout is a log, which looks after itself
  if (command !== undefined) return command();
  if (commandWith !== undefined) return commandWith(word);
  process.stderr.write(`registered-flavors does not know "${words.join(' ')}".\n${USAGE.join('\n')}\n`);
  process.exitCode = EXIT_CODE.usage;
}

async function say(lines: readonly string[]): Promise<void> {
  process.stdout.write(`${lines.join('\n')}\n`);
}
