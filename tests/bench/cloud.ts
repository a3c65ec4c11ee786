import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import type { StubFlavor } from '../../src/stub/stub-flavors';
import { ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';

export const FLAVORS_IN_NOVA = 2000;

/** A cloud of 2,000 public flavors in this process. */
export function startBenchCloud(): Promise<StubCloud> {
  return startStubCloud({ flavors: Array.from({ length: FLAVORS_IN_NOVA }, (_, index) => benchFlavor(index)) });
}

/** The id of the n-th flavor: a UUID, as most are. */
export function flavorId(index: number): string {
  return `5ddfa212-2833-5ec2-be3f-${String(index).padStart(12, '0')}`;
}

function benchFlavor(index: number): StubFlavor {
  return {
    id: flavorId(index),
    name: `db.r${index % 7}.${2 ** (index % 6)}xlarge`,
    ram: 2048 * (1 + (index % 64)),
    vcpus: 1 + (index % 32),
    disk: 20 * (1 + (index % 50)),
    description: index % 3 === 0 ? `flavor number ${index} of the database service` : null,
    extra_specs: { 'hw:cpu_policy': 'dedicated', 'hw:mem_page_size': 'large', 'trait:CUSTOM_SSD': 'required' },
  };
}

/** Our service with everything that production has, on a registry of its own. */
export function startService(cloud: StubCloud, environment: Record<string, string> = {}): Promise<ServiceProcess> {
  return ServiceProcess.start({ ...stubEnvironment(cloud), SHUTDOWN_SECONDS: '0', ...environment });
}

/** Registers flavors for a type over HTTP, as an operator would. */
export async function register(service: ServiceProcess, cloud: StubCloud, type: string, ids: string[]): Promise<void> {
  const url = `${service.url}/RegisteredFlavors/${type}/${ids.join(',')}`;
  const answer = await fetch(url, { method: 'POST', headers: { 'X-Auth-Token': cloud.keystone.tokenFor('admin') } });
  if (!answer.ok) throw new Error(`registering for ${type} was answered ${answer.status}: ${await answer.text()}`);
}
