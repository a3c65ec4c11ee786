import { readProcessDatabaseUrl } from '../config/config';
import { backUpStore, type Contents, inspectStoreMigrations, restoreStore } from '../store/maintain-store';
import { openStore } from '../store/open-store';
import { attempt } from './attempt';

/** `migrate`: brings the registry up to date, as each start does; for who wants to do it before. */
export function migrateRegistry(): Promise<void> {
  return attempt('migrate the registry', async () => {
    const databaseUrl = readProcessDatabaseUrl();
    const before = inspectStoreMigrations(databaseUrl);
    const { registrations } = await openStore({ databaseUrl });
    await registrations.close();
    if (before === undefined) print('A new, empty registry was made.');
    else if (before.missingMigrations === 0) print('The registry was up to date.');
    else print(`${before.missingMigrations} migrations were applied. The registry is up to date.`);
  });
}

/** `migrate --check`: whether {@link migrateRegistry} would do something; then it ends with 1. Changes nothing. */
export function checkMigrations(): Promise<void> {
  return attempt('look at the registry', () => {
    const found = inspectStoreMigrations(readProcessDatabaseUrl());
    if (found?.newerMigrations === 0 && found.missingMigrations === 0) {
      print('The registry is up to date.');
      return;
    }
    process.exitCode = 1;
    if (found === undefined) print('There is no registry yet: the first start makes it.');
    else if (found.newerMigrations > 0) print('The registry was written by a newer version of this service.');
    else
      print(
        `${found.missingMigrations} migrations are to be applied: the next start does, or "migrate". Back up first.`,
      );
  });
}

/** `backup FILE`: a copy as of one moment, also while services write. */
export function backUpRegistry(file: string): Promise<void> {
  return attempt('back up the registry', () => {
    const { contents, bytes } = backUpStore(readProcessDatabaseUrl(), file);
    print(`${describe(contents)} are in "${file}" (${bytes} bytes).`);
  });
}

/** `restore FILE`: puts a backup in the place of the registry, while no service has it open. */
export function restoreRegistry(file: string): Promise<void> {
  return attempt('restore the registry', () => {
    const { inspection, replaced } = restoreStore(readProcessDatabaseUrl(), file);
    print(`${describe(inspection.contents)} are restored from "${file}".`);
    if (inspection.missingMigrations > 0)
      print(`The next start applies ${inspection.missingMigrations} migrations to it.`);
    if (replaced !== undefined) print(`What was there before is in "${replaced}".`);
  });
}

function describe(contents: Contents | undefined): string {
  if (contents === undefined) return 'The registrations of an earlier version';
  const { registrations, flavors, serviceTypes, events } = contents;
  return `${registrations} registrations (${flavors} flavors, ${serviceTypes} service types) and ${events} events`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
