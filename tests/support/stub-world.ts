import type { Clock } from '../../src/clock';
import { type StubCloud, type StubCloudOptions, startStubCloud } from '../../src/stub/stub-cloud';
import { type AccessRule, OpenStackClient } from './openstack-client';
import { REMEMBERS_NOTHING, startTestService } from './test-service';
import { World } from './world';

/** A world on the stub, whose hands (faults, counters) tests may take hold of. */
export interface StubWorld {
  readonly world: World;
  readonly stub: StubCloud;
}

/** The environment in which our service logs in to a stub cloud. */
export function stubEnvironment(stub: StubCloud): Record<string, string> {
  const { username, password, projectName } = stub.keystone.credentials('flavorsvc');
  return {
    OS_AUTH_URL: stub.authUrl,
    OS_USERNAME: username,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: projectName,
    OS_REGION_NAME: 'RegionOne',
  };
}

/** Starts a stub cloud and our service on it. Details are not remembered, unless the environment says so. */
export async function startStubWorld(
  environment: Record<string, string> = {},
  { clock, ...options }: StubCloudOptions & { clock?: Clock } = {},
): Promise<StubWorld> {
  const stub = await startStubCloud(options);
  const cloud = {
    client: new OpenStackClient(stub.authUrl, stub.novaUrl),
    logins: {
      admin: stub.keystone.credentials('admin'),
      member: stub.keystone.credentials('alice'),
      reader: stub.keystone.credentials('bob'),
      other: stub.keystone.credentials('carol'),
    },
    disabledFlavorId: 'b76eb12d-b54c-5c2f-aca3-785dbd147357',
    serviceEnvironment: stubEnvironment(stub),
    tokenWithAccessRules: async (rules: readonly AccessRule[]) =>
      stub.keystone.tokenFor('alice', { accessRules: [...rules] }),
    stopNova: () => stub.nova.stops(),
    startNova: () => stub.nova.starts(),
    close: () => stub.close(),
  };
  const service = await startTestService({ ...REMEMBERS_NOTHING, ...cloud.serviceEnvironment, ...environment }, clock);
  return { world: await World.create(cloud, service), stub };
}
