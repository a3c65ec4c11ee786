import { createHash } from 'node:crypto';

/** Somebody Keystone knows. */
export interface StubUser {
  id: string;
  name: string;
  password: string;
  /** The project its roles are on. */
  projectName: string;
  /** Roles given to it, before Keystone adds the implied ones. */
  roles: readonly string[];
  /** Whether a login without a scope lands in its project. */
  hasDefaultProject: boolean;
}

/** What somebody logs in with. */
export interface StubCredentials {
  username: string;
  password: string;
  projectName: string;
  userDomainName: string;
  projectDomainName: string;
}

/** The one domain there is. */
export const defaultDomain = { id: 'default', name: 'Default' } as const;

/** The ids of the recorded cloud, so that answers can be compared with the recordings word for word. */
const recordedIds: Record<string, string> = {
  'role admin': 'e1eb88e92daa46a4b98a50e09b645b7f',
  'role service': 'c076da765f414662871c1ccef99623e9',
  'role member': '765a0e68ab2645328767bb34714176f3',
  'role reader': 'c4b40c2f78134eb3a750aee4f16522d2',
  'project service': '521e3e5f7d9e4a67bd0b65e864b360cb',
  'project demo': '656e2ddcc66a44ce836923ec3b780c61',
  'user flavorsvc': '0f45577386664247a5d8b3c5caa4fa94',
  'user alice': '538c1ed2d3124fc9aa8a54ce04263cf2',
  'user bob': '155d1e1f33264e9bbd82ba8d8662349f',
  'application credential flavorsvc': 'b0072e7b06d94ee389969923dd076978',
  'service identity': 'a07a3c13a0e04cd689a2531112c92ffe',
  'service compute': 'a3b37946fa2f44ada269deb5a8d60746',
  'identity public RegionOne': 'aea712327569498a8bec3a049c60f2fd',
  'identity internal RegionOne': '67647652aa664d629f27e8f0f637243e',
  'identity admin RegionOne': '701d603618df40da92a5bd4a1da6f498',
  'compute public RegionOne': '86552f53d32b4ad58f68213a6db4cdb6',
  'compute internal RegionOne': 'b012607ff9174320adca62dccd5edc22',
  'compute admin RegionOne': '27c97cb51e144245bb4a031fdbfd75be',
};

/** A 32-digit id as Keystone makes them, always the same for the same thing. */
export function stableId(thing: string): string {
  return recordedIds[thing] ?? createHash('md5').update(thing).digest('hex');
}

/** The id of a project, by its name. */
export function projectIdOf(name: string): string {
  return stableId(`project ${name}`);
}

const impliedBy: Record<string, string> = { admin: 'member', member: 'reader' };

/** The roles as they stand in a token: the given ones, then what they imply. `service` implies nothing. */
export function expandRoles(given: readonly string[]): string[] {
  const expanded = [...given];
  for (const role of expanded) {
    const implied = impliedBy[role];
    if (implied !== undefined && !expanded.includes(implied)) expanded.push(implied);
  }
  return expanded;
}

/** A user with believable id and password. */
export function createUser(name: string, projectName: string, roles: readonly string[]): StubUser {
  const hasDefaultProject = name !== 'admin';
  return { id: stableId(`user ${name}`), name, password: `${name}-pw`, projectName, roles, hasDefaultProject };
}

/** Who is there from the start: the same people as in the recorded cloud, and a portal with the service role alone. */
export function createUsers(): StubUser[] {
  return [
    createUser('admin', 'admin', ['admin']),
    createUser('flavorsvc', 'service', ['admin', 'service']),
    createUser('portal', 'service', ['service']),
    createUser('alice', 'demo', ['member']),
    createUser('bob', 'demo', ['reader']),
    createUser('carol', 'other', ['member']),
  ];
}
