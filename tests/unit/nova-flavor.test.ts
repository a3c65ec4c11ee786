import { readNovaFlavor } from '../../src/openstack/nova-flavor';

/** A flavor as Nova 26 tells it at 2.93. */
const FLAVOR = {
  id: 'db-mysql-large',
  name: 'MySQL, large',
  description: 'for MySQL',
  ram: 2048,
  vcpus: 2,
  disk: 20,
  'OS-FLV-EXT-DATA:ephemeral': 5,
  swap: 512,
  rxtx_factor: 1.5,
  'os-flavor-access:is_public': false,
  'OS-FLV-DISABLED:disabled': true,
  links: [{ rel: 'self', href: 'http://127.0.0.1:18774/v2.1/flavors/db-mysql-large' }],
  extra_specs: { 'hw:cpu_policy': 'dedicated' },
};

const without = (...keys: string[]) =>
  Object.fromEntries(Object.entries(FLAVOR).filter(([key]) => !keys.includes(key)));

describe('readNovaFlavor', () => {
  it('reads every value from its own place', () => {
    expect(readNovaFlavor(FLAVOR)).toEqual({
      id: 'db-mysql-large',
      name: 'MySQL, large',
      description: 'for MySQL',
      ram: 2048,
      vcpus: 2,
      disk: 20,
      ephemeral: 5,
      swap: 512,
      rxtxFactor: 1.5,
      isPublic: false,
      isDisabled: true,
      extraSpecs: { 'hw:cpu_policy': 'dedicated' },
    });
  });

  it('knows that Nova before 2.75 writes "" for no swap', () => {
    expect([readNovaFlavor({ ...FLAVOR, swap: '' })?.swap, readNovaFlavor({ ...FLAVOR, swap: 0 })?.swap]).toEqual([
      0, 0,
    ]);
  });

  it('does without what Nova dropped with 2.102', () => {
    const flavor = readNovaFlavor(without('rxtx_factor', 'OS-FLV-DISABLED:disabled'));
    expect(flavor).toMatchObject({ id: 'db-mysql-large', rxtxFactor: undefined, isDisabled: undefined });
  });

  it('lets a description be absent', () => {
    expect(readNovaFlavor({ ...FLAVOR, description: null })?.description).toBeNull();
  });

  it('takes nothing along that it does not know', () => {
    expect(readNovaFlavor({ ...FLAVOR, 'OS-NEW:thing': 1 })).toEqual(readNovaFlavor(FLAVOR));
  });

  it.each([
    ['a missing id', without('id')],
    ['an id that is a number', { ...FLAVOR, id: 7 }],
    ['a missing name', without('name')],
    ['a missing description, as before 2.55', without('description')],
    ['missing extra specs, as before 2.61', without('extra_specs')],
    ['missing visibility', without('os-flavor-access:is_public')],
    ['visibility as a text', { ...FLAVOR, 'os-flavor-access:is_public': 'False' }],
    ['disabled as a text', { ...FLAVOR, 'OS-FLV-DISABLED:disabled': 'False' }],
    ['memory as a text', { ...FLAVOR, ram: '2048' }],
    ['swap as another text', { ...FLAVOR, swap: '512' }],
    ['an extra spec that is a number', { ...FLAVOR, extra_specs: { 'hw:cpu': 1 } }],
    ['extra specs as a list', { ...FLAVOR, extra_specs: [] }],
    ['the answer around the flavor', { flavor: FLAVOR }],
    ['nothing', undefined],
    ['null', null],
    ['a list', [FLAVOR]],
  ])('does not take for a flavor: %s', (_, json) => {
    expect(readNovaFlavor(json)).toBeUndefined();
  });

  it.each(['"a text"', '{ "polluted": "yes" }'])('is not fooled by an extra spec named __proto__: %s', (value) => {
    const extraSpecs: unknown = JSON.parse(`{ "hw:cpu_policy": "dedicated", "__proto__": ${value} }`);
    const read = readNovaFlavor({ ...FLAVOR, extra_specs: extraSpecs })?.extraSpecs;
    expect({
      policy: read?.['hw:cpu_policy'],
      inherited: read?.['polluted'],
      inheritedByAll: ({} as Record<string, unknown>)['polluted'],
    }).toEqual({ policy: 'dedicated', inherited: undefined, inheritedByAll: undefined });
  });
});
