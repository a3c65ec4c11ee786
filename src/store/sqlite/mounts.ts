import { existsSync, readFileSync } from 'node:fs';
import { dirname, sep } from 'node:path';
import { fileBehind } from './registry-files';

/** What a file system is, and where it begins. */
interface Mount {
  readonly point: string;
  readonly type: string;
}

/**
 * Several machines see the same files there, or a machine and its guest. SQLite's write-ahead log needs memory that all
 * processes share (https://sqlite.org/wal.html, "All processes using a database must be on the same host computer").
 */
const NETWORK_TYPES =
  /^(nfs4?|cifs|smb3?|ceph|9p|virtiofs|afs|lustre|beegfs|gpfs|glusterfs|ocfs2|gfs2|fuse\.(sshfs|glusterfs|ceph\S*|s3fs|rclone|juicefs|davfs\S*|gcsfuse|curlftpfs))$/;

/**
 * Whether the file, and not its folder, is what is mounted (a volume of one file). Its write-ahead log is beside it then,
 * outside of the volume: a container that is made anew has lost it, and two of them do not see each other's locks. The
 * device does not tell: a bind mount can be of the same one, and overlayfs gives files others than their folders.
 */
export function isMountedAlone(path: string): boolean {
  const file = fileBehind(path);
  return readMounts().some(({ point }) => point === file);
}

/**
 * The type of the file system of a registry, or of the folder where it will be made, when that is one of a network.
 * @param table as `/proc/self/mountinfo`
 */
export function networkFileSystemOf(path: string, table = readTable()): string | undefined {
  let place = fileBehind(path);
  while (!existsSync(place) && place !== dirname(place)) place = dirname(place);
  const around = readMounts(table).filter(({ point }) => isIn(place, point));
  const type = around.sort((a, b) => a.point.length - b.point.length).at(-1)?.type;
  return type !== undefined && NETWORK_TYPES.test(type) ? type : undefined;
}

function isIn(place: string, point: string): boolean {
  return place === point || place.startsWith(point.endsWith(sep) ? point : point + sep);
}

/** None where the system does not tell. A later mount on the same place lies over the earlier one. */
function readMounts(table = readTable()): Mount[] {
  return table.split('\n').flatMap((line) => {
    const [before = '', behind = ''] = line.split(' - '); // proc(5)
    const [point, type] = [before.split(' ')[4], behind.split(' ')[0]];
    return point === undefined || type === undefined ? [] : [{ point: unescape(point), type }];
  });
}

/** Of this process. */
function readTable(): string {
  try {
    return readFileSync('/proc/self/mountinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Blanks, and a few others, are written in octal. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
