import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { type Inspection, inspectStore } from '../../store/maintain-store';
import { registryPath } from '../../store/registry-path';
import { explain } from '../explain';
import type { Finding } from './finding';

/** Below this much room a large registration, or a backup beside the file, may fail. */
const LITTLE_ROOM_BYTES = 100 * 1024 * 1024;
/** Below this, so may any. */
const NO_ROOM_BYTES = 4 * 1024 * 1024;

/** What is to be said of the registry file. Changes nothing, also beside a running service. */
export function lookAtRegistry(databaseUrl: string): { findings: Finding[]; isSound: boolean } {
  const about = 'registry';
  try {
    const file = registryPath(databaseUrl);
    const found = inspectStore(databaseUrl);
    const findings = found === undefined ? [notThere(file)] : lookAtFile(found);
    const isSound = findings.every(({ severity }) => severity === 'ok');
    return { findings: [...findings, ...lookAtFolder(file)], isSound };
  } catch (error) {
    const advice = 'Check DATABASE_URL and the rights of the file; a damaged file is replaced with "restore FILE".';
    return { findings: [{ about, severity: 'fail', says: explain(error), advice }], isSound: false };
  }
}

function notThere(file: string): Finding {
  return {
    about: 'registry',
    severity: 'warn',
    says: `There is no file "${file}" yet: the first start makes it, empty.`,
    advice: 'If there should be one, DATABASE_URL or the folder that the service runs in is another one.',
  };
}

function lookAtFile({
  path: file,
  bytes,
  contents,
  damage,
  missingMigrations,
  newerMigrations,
}: Inspection): Finding[] {
  const about = 'registry';
  const findings: Finding[] = damage.map((says) => ({
    ...{ about, severity: 'fail', says: `"${file}": ${says}.` },
    advice: 'Stop the service and put the last good backup in its place: "restore FILE".',
  }));
  if (newerMigrations > 0) {
    const says = `"${file}" was written by a newer version of this service.`;
    findings.push({
      about,
      severity: 'fail',
      says,
      advice: 'Upgrade this installation, or restore a backup of before.',
    });
  }
  if (missingMigrations > 0) {
    const says = `"${file}" lacks ${missingMigrations} migrations of this version.`;
    findings.push({
      about,
      severity: 'warn',
      says,
      advice: 'Make a backup; the next start applies them, or "migrate".',
    });
  }
  if (findings.length > 0 || contents === undefined) return findings;
  const { registrations, flavors, serviceTypes, events } = contents;
  const holds = `${registrations} registrations (${flavors} flavors, ${serviceTypes} service types), ${events} events`;
  return [{ about, severity: 'ok', says: `"${file}": ${holds}, ${bytes} bytes; it is sound.` }];
}

function lookAtFolder(file: string): Finding[] {
  const about = 'registry';
  const folder = path.dirname(file);
  if (!existsSync(folder)) return [];
  try {
    accessSync(folder, constants.W_OK);
    if (existsSync(file)) accessSync(file, constants.W_OK);
  } catch {
    // Whatever the reason is, this is what it means.
    const says = `This user may not write "${file}" and its folder.`;
    return [
      { about, severity: 'fail', says, advice: 'Run this as the user of the service, or give that user the rights.' },
    ];
  }
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize;
  if (bytes >= LITTLE_ROOM_BYTES) return [];
  const says = `There are ${Math.floor(bytes / 1024)} KiB left on the disk of "${folder}".`;
  const severity = bytes < NO_ROOM_BYTES ? 'fail' : 'warn';
  return [{ about, severity, says, advice: 'Make room: when the disk is full, nothing can be registered.' }];
}
