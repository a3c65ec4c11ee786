import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type AccessRule, OpenStackClient } from './openstack-client';
import { REMEMBERS_NOTHING, startTestService } from './test-service';
import { World } from './world';

const run = promisify(execFile);
const scripts = path.join(__dirname, '..', 'cloud');

/**
 * Starts our service on the real Keystone and Nova that `tests/cloud/up.sh` has brought up. Details are not remembered, unless
 * the environment says so.
 */
export async function startCloudWorld(environment: Readonly<Record<string, string>> = {}): Promise<World> {
  const serviceEnvironment = environmentOnCloud();
  const client = new OpenStackClient(variable('LAB_KEYSTONE_URL'), variable('LAB_NOVA_URL'));
  const member = loginOf('LAB_MEMBER_USERNAME', 'LAB_MEMBER_PASSWORD', 'LAB_MEMBER_PROJECT');
  const cloud = {
    client,
    logins: {
      admin: loginOf('OS_USERNAME', 'OS_PASSWORD', 'OS_PROJECT_NAME'),
      member,
      reader: loginOf('LAB_READER_USERNAME', 'LAB_READER_PASSWORD', 'LAB_READER_PROJECT'),
      other: loginOf('LAB_OTHER_USERNAME', 'LAB_OTHER_PASSWORD', 'LAB_OTHER_PROJECT'),
    },
    disabledFlavorId: '02ec2162-c4a1-5b32-9a50-7fc669ca4b75', // one of those that up.sh seeds
    serviceEnvironment,
    tokenWithAccessRules: async (rules: readonly AccessRule[]) =>
      client.tokenWithAccessRules(await client.token(member), rules),
    stopNova: async () => void (await run(path.join(scripts, 'down.sh'), ['nova'])),
    startNova: async () => void (await run(path.join(scripts, 'up.sh'))),
    close: async () => undefined, // the cloud was there before us and stays
  };
  const service = await startTestService({ ...REMEMBERS_NOTHING, ...serviceEnvironment, ...environment });
  return World.create(cloud, service);
}

/** The settings with which our service stands on the real cloud. */
export function environmentOnCloud(): Record<string, string> {
  return {
    OS_AUTH_URL: variable('LAB_KEYSTONE_URL'),
    OS_USERNAME: variable('LAB_SVC_USERNAME'),
    OS_PASSWORD: variable('LAB_SVC_PASSWORD'),
    OS_PROJECT_NAME: variable('LAB_SVC_PROJECT'),
    OS_REGION_NAME: variable('OS_REGION_NAME'),
  };
}

function loginOf(username: string, password: string, projectName: string) {
  return { username: variable(username), password: variable(password), projectName: variable(projectName) };
}

/** What `env.sh` of the real cloud has set. */
export function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set: run tests/cloud/up.sh and source the env.sh it names`);
  return value;
}
