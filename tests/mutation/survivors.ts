/** Why no test notices when some code is changed. */
export interface Explanation {
  readonly file: string;
  /** Pieces of the lines that are changed. */
  readonly code: readonly string[];
  readonly why: string;
}

const ELSEWHERE =
  'Runs in a process that a test starts (`clouds-yaml.test.ts`, `commands.test.ts`); Stryker sees only its own.';
const NEVER_USED = 'The mistake has been noted, and what is given back is never used.';

export const EXPLANATIONS: readonly Explanation[] = [
  {
    file: 'src/config/clouds-yaml.ts',
    code: ['findCloudsYaml(): string', 'const folders', 'return folders', '${file ??'],
    why: ELSEWHERE,
  },
  {
    file: 'src/config/clouds-yaml.ts',
    code: ['verify: scalar'],
    why: 'Any text but those four says the same as none.',
  },
  {
    file: 'src/config/clouds-yaml.ts',
    code: ['file === undefined ||'],
    why: 'There is no file without a name, either; the compiler wants to hear it.',
  },
  {
    file: 'src/config/clouds-yaml.ts',
    code: ['value !== null && !Array'],
    why: 'As YAML is read here it has no null; the compiler does not know that.',
  },
  {
    file: 'src/config/config.ts',
    code: [
      ...['readProcessDatabaseUrl(', 'const { error, data }', "process.env['DATABASE_URL']", 'data === undefined'],
      ...['readProcessConfig(', 'function loadEnvFile', 'try {', '} catch (error) {', 'error instanceof Error'],
    ],
    why: ELSEWHERE,
  },
  {
    file: 'src/config/config.ts',
    code: ['error instanceof ConfigError'],
    why: 'Only a defect throws anything else there.',
  },
  { file: 'src/config/openstack-config.ts', code: ["return '';", "found ?? 'public'"], why: NEVER_USED },
  { file: 'src/config/read-url.ts', code: ["return '';"], why: NEVER_USED },
  { file: 'src/http/problem.ts', code: ['< 500'], why: 'No failure that was foreseen is a 500.' },
  {
    file: 'src/http/problem.ts',
    code: ['problems[0]?.code'],
    why: 'There is always one; the compiler does not know that.',
  },
];
