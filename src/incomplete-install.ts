import { resolve } from 'node:path';

/** One sentence on a module that could not be found when the program was loaded, or undefined: then it is something else. */
export function incompleteInstall(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  if (!['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'].includes(String(error.code))) return undefined;
  const [, name = 'one'] = /'([^'\n]+)'/.exec(error.message) ?? [];
  const folder = resolve(__dirname, '..'); // from `src` as from `dist`
  return (
    `registered-flavors is not installed completely: the module "${name}" is missing. ` +
    `Install its packages again: npm ci --omit=dev --ignore-scripts, in "${folder}".`
  );
}
