import { closeSync, constants, fchmodSync, fchownSync, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { errorCode } from './sqlite-errors';

// Whatever command root runs, the service's user has to be able to use what it leaves. SQLite sees to that for its log: as
// root it gives the log the owner of the database. What we make ourselves belongs to the owner of the registry or, where
// there is none yet or it is root's, to the owner of the folder.

/** What is opened is what was made, and not a link or a pipe that the folder's owner has put in its place since. */
const AS_IT_IS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const GROUP_WRITES = 0o020;

/**
 * Gives a file that was made for a registry the mode of the registry, where there is one, and its owner, where root made it.
 * Without a registry: a new registry, or a new folder, has the owner of the folder that it is in.
 */
export function takeRights(made: string, registry = made): void {
  const handle = openSync(made, AS_IT_IS);
  try {
    const own = fstatSync(handle);
    if (own.isFile() && own.nlink > 1) return; // nobody's that was made here
    const found = made === registry ? undefined : statSync(registry, { throwIfNoEntry: false });
    const mode = (found ?? own).mode & 0o7777;
    if (process.getuid?.() === 0) becomeOf(handle, { mode, owner: ownerBeside(registry) });
    else if (mode !== (own.mode & 0o7777)) fchmodSync(handle, mode);
  } finally {
    closeSync(handle);
  }
}

/** Who the service's user is, as far as root can see: who owns the registry, unless that is root; or its folder. */
export function ownerBeside(registry: string): Stats {
  const found = statSync(registry, { throwIfNoEntry: false });
  return found !== undefined && found.uid !== 0 ? found : statSync(dirname(registry));
}

/** A folder of root's that a group may write is for the members of that group. */
function becomeOf(handle: number, { mode, owner }: { mode: number; owner: Stats }): void {
  giveTo(handle, owner);
  const isForGroup = owner.isDirectory() && owner.gid !== 0 && (owner.mode & GROUP_WRITES) !== 0;
  fchmodSync(handle, isForGroup ? mode | ((mode & 0o700) >> 3) : mode);
}

/** Where root may not give files away (a container without that right, ids that are not mapped), all is root's there. */
export function giveTo(handle: number, { uid, gid }: Pick<Stats, 'uid' | 'gid'>): void {
  const own = fstatSync(handle);
  if (own.uid === uid && own.gid === gid) return;
  try {
    fchownSync(handle, uid, gid);
  } catch (error) {
    if (!['EPERM', 'EINVAL'].includes(errorCode(error) ?? '')) throw error;
  }
}
