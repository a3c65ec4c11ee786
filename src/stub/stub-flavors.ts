import { createHash } from 'node:crypto';
import { projectIdOf } from './stub-identities';

/** A flavor as a test or the demo describes it. */
export interface StubFlavor {
  id: string;
  name: string;
  ram: number;
  vcpus: number;
  disk: number;
  ephemeral?: number;
  swap?: number;
  rxtx_factor?: number;
  is_public?: boolean;
  is_disabled?: boolean;
  description?: string | null;
  extra_specs?: Record<string, string>;
  /** The ids of the projects that may use it when it is private. */
  projects?: string[];
}

type Extra = Partial<StubFlavor>;

function flavor(id: string, name: string, ram: number, vcpus: number, disk: number, extra: Extra = {}): StubFlavor {
  return { id, name, ram, vcpus, disk, ...extra };
}

/** What a cloud with a database service might offer, odd ids included. */
export function believableFlavors(): StubFlavor[] {
  const redis = (spec: Record<string, string> = {}): Extra => ({ extra_specs: { service_type: 'redis', ...spec } });
  const dedicated = { 'hw:cpu_policy': 'dedicated' };
  return [
    flavor('1', 'm1.tiny', 512, 1, 1),
    flavor('2', 'm1.small', 2048, 1, 20),
    flavor('3', 'm1.medium', 4096, 2, 40),
    flavor('4', 'm1.large', 8192, 4, 80),
    flavor('5', 'm1.xlarge', 16384, 8, 160),
    flavor('42', 'm1.nano', 128, 1, 1),
    flavor('0', 'zero', 256, 1, 1, { description: 'an id that looks like nothing' }),
    flavor('007', 'bond', 1024, 1, 7, { description: 'leading zeros count' }),
    flavor('db.redis.small', 'db.redis.small', 2048, 1, 10, { ...redis(), description: 'Redis, small' }),
    flavor('db.redis.medium', 'db.redis.medium', 8192, 2, 20, { ...redis(), description: 'Redis, medium' }),
    flavor('db.redis.large', 'db.redis.large', 32768, 4, 40, { ...redis(dedicated), description: 'Redis, large' }),
    flavor('db-mysql-small', 'db-mysql-small', 4096, 2, 50, { extra_specs: { service_type: 'mysql' } }),
    flavor('db-mysql-large', 'db-mysql-large', 65536, 16, 500, {
      description: 'MySQL',
      extra_specs: { service_type: 'mysql', ...dedicated },
    }),
    flavor('db_vertica_xl', 'db_vertica_xl', 131072, 32, 2000, { extra_specs: { service_type: 'vertica' } }),
    flavor('db big memory', 'db big memory', 262144, 16, 100, { description: 'id with spaces' }),
    flavor('MixedCase', 'MixedCase', 4096, 2, 40),
    flavor('7d7cc973-b103-56e0-ae27-02750ddf837d', 'gp3.large', 8192, 2, 40, {
      extra_specs: { 'trait:CUSTOM_SSD': 'required', 'quota:disk_read_bytes_sec': '1000000' },
    }),
    flavor('5ddfa212-2833-5ec2-be3f-5181b992ba5e', 'gp3.xlarge', 16384, 4, 80, { description: '' }),
    flavor('priv-none', 'priv-none', 8192, 4, 80, { is_public: false, description: 'private, no access' }),
    flavor('priv-demo', 'priv-demo', 16384, 8, 160, {
      is_public: false,
      description: 'private, demo has access',
      extra_specs: { service_type: 'mysql' },
      projects: [projectIdOf('demo')],
    }),
    flavor('b76eb12d-b54c-5c2f-aca3-785dbd147357', 'gp2.large', 8192, 2, 40, {
      is_disabled: true,
      description: 'retired: what runs keeps running, nothing new starts',
    }),
    flavor('flavor with unicode name', 'größe-日本語-Ω', 4096, 2, 40, { description: 'unicode: 日本語 é' }),
    flavor('swap-eph', 'swap-eph', 4096, 2, 20, { swap: 512, ephemeral: 10, rxtx_factor: 2 }),
    flavor('x'.repeat(255), 'longest id', 1024, 1, 10),
  ];
}

const bulkIds: readonly ((index: number) => string)[] = [
  (index) => urlUuid(`lab-flavor-${index}`),
  (index) => String(1000 + index),
  (index) => `db.m5.${digits(index)}`,
  (index) => `svc_${digits(index)}-r6`,
  (index) => `Plan ${digits(index)} v1`,
];

/** Which form of id each of ten flavors in a row has: five UUIDs, two numbers, and the three others. */
const formOfTen = [0, 0, 0, 0, 0, 1, 1, 2, 3, 4] as const;

/** As many flavors as asked for, always the same ones: those the recorded cloud was filled up with. */
export function manyFlavors(count: number): StubFlavor[] {
  return Array.from({ length: count }, (_, index) => bulkFlavor(index));
}

function bulkFlavor(index: number): StubFlavor {
  const n = index + 1;
  const isPublic = n % 20 !== 0;
  return {
    id: bulkIds[formOfTen[index % 10]!]!(index),
    name: `bulk.${digits(n)}`,
    ram: 1024 * (1 + (n % 64)),
    vcpus: 1 + (n % 32),
    disk: (n % 10) * 10,
    ephemeral: n % 9 === 0 ? 20 : 0,
    swap: n % 11 === 0 ? 1024 : 0,
    is_disabled: n % 97 === 0,
    is_public: isPublic,
    description: n % 4 === 0 ? `bulk flavor ${n}` : null,
    extra_specs: n % 3 === 0 ? bulkSpecs(n) : {},
    projects: !isPublic && n % 40 === 0 ? [projectIdOf('demo')] : [],
  };
}

function bulkSpecs(n: number): Record<string, string> {
  const specs: [string, string][] = [
    ['service_type', ['redis', 'mysql', 'vertica', 'postgresql'][n % 4]!],
    ['hw:cpu_policy', 'dedicated'],
    ['trait:CUSTOM_SSD', 'required'],
    ['quota:vif_outbound_average', '10240'],
  ];
  return Object.fromEntries(specs.slice(0, 1 + (n % 4)));
}

function digits(n: number): string {
  return String(n).padStart(5, '0');
}

/** The UUID of version 5 in the namespace of URLs. */
function urlUuid(name: string): string {
  const namespace = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');
  const hash = createHash('sha1').update(namespace).update(name).digest().subarray(0, 16);
  hash[6] = (hash[6]! & 0x0f) | 0x50;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
