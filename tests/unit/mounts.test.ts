import { mkdirSync } from 'node:fs';
import { networkFileSystemOf } from '../../src/store/sqlite/mounts';
import { temporaryFolder } from '../store/temporary-folder';

/** A line of /proc/self/mountinfo, as Linux writes it. */
const mount = (point: string, type: string) => `36 21 0:50 / ${point} rw,relatime shared:1 - ${type} source rw`;
const table = (...mounts: string[]) => [mount('/', 'ext4'), ...mounts].join('\n');

describe('the file system of a registry', () => {
  it.each(['nfs', 'nfs4', 'cifs', 'smb3', 'ceph', '9p', 'virtiofs', 'lustre', 'fuse.sshfs', 'fuse.glusterfs'])(
    'is one of a network: %s',
    (type) => {
      expect(networkFileSystemOf('/tmp/no/such/registry.db', table(mount('/tmp', type)))).toBe(type);
    },
  );

  it.each(['ext4', 'xfs', 'btrfs', 'zfs', 'overlay', 'tmpfs', 'fuse.bindfs', 'fuseblk'])('is none: %s', (type) => {
    expect(networkFileSystemOf('/tmp/registry.db', table(mount('/tmp', type)))).toBeUndefined();
  });

  it('is that of the nearest mount around it', () => {
    const folder = temporaryFolder();
    mkdirSync(folder.in('on a disk'));
    const mounts = table(mount('/tmp', 'nfs4'), mount(folder.in('on\\040a\\040disk'), 'xfs'));
    const found = ['on a disk/registry.db', 'registry.db'].map((name) => networkFileSystemOf(folder.in(name), mounts));
    folder.remove();
    expect(found).toEqual([undefined, 'nfs4']);
  });

  it('is the last of those that were mounted there, and none of a folder that only begins alike', () => {
    expect([
      networkFileSystemOf('/tmp/registry.db', table(mount('/tmp', 'nfs'), mount('/tmp', 'tmpfs'))),
      networkFileSystemOf('/tmp/registry.db', table(mount('/tm', 'nfs'))),
    ]).toEqual([undefined, undefined]);
  });

  it('is nothing that is known where the system does not tell', () => {
    expect(networkFileSystemOf('/tmp/registry.db', '')).toBeUndefined();
  });
});
