import type { StubFlavor } from '../../src/stub/stub-flavors';

/** The id of the n-th flavor: a UUID, as most are. */
export function flavorId(index: number): string {
  return `5ddfa212-2833-5ec2-be3f-${String(index).padStart(12, '0')}`;
}

/** The n-th flavor of a cloud that is measured: as large as one of a database service is. */
export function measuredFlavor(index: number): StubFlavor {
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
