/** Why no test notices when some code is changed. */
export interface Explanation {
  readonly file: string;
  /** Pieces of the lines that are changed. */
  readonly code: readonly string[];
  readonly why: string;
}

const ELSEWHERE =
  'Runs in a process that a test starts (`clouds-yaml.test.ts`, `commands.test.ts`, `env-file.test.ts`); Stryker sees only its own.';
const COMPILER = 'It is always there; the compiler does not know that.';
const SAME = 'Does the same: ';
const NEVER_USED = 'The mistake has been noted, and what is given back is never used.';

export const EXPLANATIONS: readonly Explanation[] = [
  {
    file: 'src/config/clouds-yaml.ts',
    code: ['file === undefined ||'],
    why: 'There is no file without a name, either; the compiler wants to hear it.',
  },
  {
    file: 'src/config/config.ts',
    code: [
      ...['readProcessDatabaseUrl(', 'readProcessConfig(', 'readEnvironment()', 'ofTheFile'],
      ...['{ DATABASE_URL: ', 'const { error, data }', '(error?.issues', "process.env['DATABASE_URL']"],
      ...['data === undefined', 'config === undefined', '...warnings'],
    ],
    why: ELSEWHERE,
  },
  {
    file: 'src/config/env-file.ts',
    code: [
      ...['readEnvironment(', 'readEnvLines(', 'const values', 'const names', 'return { values', 'readText(', 'try {'],
      ...["readFileSync('.env'", '} catch', "code === 'ENOENT'", 'The file .env', 'bytes.includes(0)', 'TextDecoder'],
      ...['is not UTF-8', 'lineThatIsNotUtf8(', "split('\\n')", 'findIndex('],
    ],
    why: ELSEWHERE,
  },
  {
    file: 'src/config/config.ts',
    code: ['error instanceof ConfigError'],
    why: 'Only a defect throws anything else there.',
  },
  {
    file: 'src/config/config.ts',
    code: ['!service.success ||'],
    why: 'What could not be read has left a mistake; the compiler does not know that.',
  },
  { file: 'src/config/openstack-config.ts', code: ["return '';", "found ?? 'public'"], why: NEVER_USED },
  {
    file: 'src/config/settings.ts',
    code: ['VALIDATE_RESPONSES: oneOf'],
    why: `${SAME}only "true" is told apart from the rest.`,
  },
  { file: 'src/config/read-url.ts', code: ["return '';"], why: NEVER_USED },
  { file: 'src/http/problem.ts', code: ['< 500'], why: 'No failure that was foreseen is a 500.' },
  {
    file: 'src/http/problem.ts',
    code: ['problems[0]?.code'],
    why: COMPILER,
  },
  {
    file: 'src/openstack/look-up-batches.ts',
    code: ['performance.now()'],
    why: 'How long a batch gathers ids at the most; a test of it would be one of timing.',
  },
  {
    file: 'src/registrations/declare-registrations.ts',
    code: ['const scope'],
    why: `${SAME}what is not needed is read, too, and left alone.`,
  },
  {
    file: 'src/registrations/declare-registrations.ts',
    code: ['let unchecked'],
    why: `${SAME}it is always set before it is read.`,
  },
  {
    file: 'src/registrations/flavor-selector.ts',
    code: ['let colon'],
    why: `${SAME}only a key without a name would be found so, and Nova has none.`,
  },
  {
    file: 'src/registrations/get-registered-flavors.ts',
    code: ['serviceTypes = []'],
    why: 'A read without types is a page, which does not look at them.',
  },
  {
    file: 'src/registrations/get-registered-flavors.ts',
    code: ['first.at(-1)?.id', 'shown.at(-1)?.flavorId', 'goesOn = last !== undefined'],
    why: COMPILER,
  },
  {
    file: 'src/registrations/get-registrations.ts',
    code: ["key: 'registrations'"],
    why: `${SAME}any key will do.`,
  },
  {
    file: 'src/registrations/get-service-types.ts',
    code: ['const options'],
    why: `${SAME}only "the new" and "the known" are told apart from the rest.`,
  },
  {
    file: 'src/registrations/get-registration-events.ts',
    code: ['query.serviceTypes ?? []'],
    why: `${SAME}only the number counts, and one is as good as none.`,
  },
  { file: 'src/registrations/get-registration-events.ts', code: ['events.at(-1)?.id'], why: COMPILER },
  {
    file: 'src/registrations/glob.ts',
    code: ['at < glob.length'],
    why: `${SAME}behind the end of the pattern there is nothing that a character could equal.`,
  },
  { file: 'src/registrations/nearest-name.ts', code: ['> most) continue'], why: 'Saves time, and changes nothing.' },
  { file: 'src/registrations/nearest-name.ts', code: ['let before'], why: `${SAME}it is not read before it is set.` },
  {
    file: 'src/registrations/read-request.ts',
    code: ['request.serviceTypes ?? []'],
    why: `${SAME}the list is dropped again when none was given.`,
  },
  {
    file: 'src/registrations/shown-flavor.ts',
    code: ['details: undefined }'],
    why: `${SAME}no details are no details.`,
  },
  {
    file: 'src/registrations/visible-flavors.ts',
    code: ['details: undefined }'],
    why: `${SAME}no details are no details.`,
  },
  {
    file: 'src/registrations/visible-flavors.ts',
    code: ['accept: request.hydrate'],
    why: 'Differs only in what may be stale, and when: `stale-reads.test.ts`.',
  },
  {
    file: 'src/registrations/registration-document.ts',
    code: ['const what ='],
    why: 'Says something else only where nothing is said.',
  },
  { file: 'src/registrations/registration.ts', code: ['a < b ? -1 : 1'], why: `${SAME}equal ones have gone before.` },
];
