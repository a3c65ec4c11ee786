import { existsSync, statfsSync } from 'node:fs';
import path from 'node:path';
import { type Inspection, inspectStore, inspectStorePlace } from '../../store/maintain-store';
import { registryPath } from '../../store/registry-path';
import { StoreOpenError } from '../../store/store-open-error';
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
    const place = lookAtPlace(databaseUrl, file);
    const isUsable = place.every(({ severity }) => severity !== 'fail');
    try {
      const found = inspectStore(databaseUrl);
      const findings = found === undefined ? [notThere(file)] : lookAtFile(found);
      const isSound = isUsable && findings.every(({ severity }) => severity === 'ok');
      return { findings: [...findings, ...place], isSound };
    } catch (error) {
      return { findings: isUsable ? [notToBeRead(error), ...place] : place, isSound: false };
    }
  } catch (error) {
    return {
      findings: [{ about, severity: 'fail', says: explain(error), advice: 'Check DATABASE_URL.' }],
      isSound: false,
    };
  }
}

function notToBeRead(error: unknown): Finding {
  const isDamage = error instanceof StoreOpenError && error.isDamage;
  const advice = isDamage
    ? 'Is it the registry? Then stop the service and put the last good backup in its place: "restore FILE".'
    : 'Check DATABASE_URL, and the rights of the file and its folder.';
  return { about: 'registry', severity: 'fail', says: explain(error), advice };
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

function lookAtPlace(databaseUrl: string, file: string): Finding[] {
  const about = 'registry';
  const { missingRights, isMountedAlone, networkFileSystem } = inspectStorePlace(databaseUrl);
  const findings = lookAtDisk(file);
  if (missingRights !== undefined) {
    const advice = 'Nothing can be registered so: a start as this user ends with the same words.';
    findings.unshift({ about, severity: 'fail', says: `"${file}" ${missingRights}.`, advice });
  }
  if (isMountedAlone) {
    const says = `"${file}" is a volume of its own: its write-ahead log is not in it, and is lost with the container.`;
    const advice = 'Stop the service, and mount the folder of the file instead: "restore" works there, too.';
    findings.push({ about, severity: 'warn', says, advice });
  }
  if (networkFileSystem !== undefined) {
    const says = `"${file}" is on a file system that other machines may use (${networkFileSystem}).`;
    const advice =
      'Two machines that have it open damage it: put it on a local disk of one, and keep its backups there.';
    findings.push({ about, severity: 'warn', says, advice });
  }
  return findings;
}

function lookAtDisk(file: string): Finding[] {
  const about = 'registry';
  const folder = path.dirname(file);
  if (!existsSync(folder)) return [];
  const { bavail, bsize } = statfsSync(folder);
  const bytes = bavail * bsize;
  if (bytes >= LITTLE_ROOM_BYTES) return [];
  const says = `There are ${Math.floor(bytes / 1024)} KiB left on the disk of "${folder}".`;
  const severity = bytes < NO_ROOM_BYTES ? 'fail' : 'warn';
  return [{ about, severity, says, advice: 'Make room: when the disk is full, nothing can be registered.' }];
}
