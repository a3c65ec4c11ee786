import { readNovaFlavor } from '../../src/openstack/nova-flavor';
import type { Flavor } from '../../src/registrations/flavor';

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

/** What {@link FLAVOR} is read as with some keys changed. */
function readWith(changes: Record<string, unknown>): Flavor {
  const read = readNovaFlavor({ ...FLAVOR, ...changes });
  if ('wrong' in read) throw new Error(`wrong: ${read.wrong}`);
  return read;
}

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
    expect([readWith({ swap: '' }).swap, readWith({ swap: 0 }).swap]).toEqual([0, 0]);
  });

  it('knows that Nova writes "" for the factor that its database does not have', () => {
    const factors = ['', 0, 2.5, undefined].map((factor) => readWith({ rxtx_factor: factor }).rxtxFactor);
    expect(factors).toEqual([undefined, 0, 2.5, undefined]);
  });

  it('does without what Nova dropped with 2.102', () => {
    const flavor = readNovaFlavor(without('rxtx_factor', 'OS-FLV-DISABLED:disabled'));
    expect(flavor).toMatchObject({ id: 'db-mysql-large', rxtxFactor: undefined, isDisabled: undefined });
  });

  it('tells extra specs that Nova withholds from none', () => {
    expect(readNovaFlavor(without('extra_specs'))).toMatchObject({ id: 'db-mysql-large', extraSpecs: null });
    expect(readWith({ extra_specs: {} }).extraSpecs).toEqual({});
  });

  it('lets a description be absent', () => {
    expect(readWith({ description: null }).description).toBeNull();
  });

  it('takes nothing along that it does not know', () => {
    expect(readNovaFlavor({ ...FLAVOR, 'OS-NEW:thing': 1 })).toEqual(readNovaFlavor(FLAVOR));
  });

  it.each([
    ['a missing id', without('id'), 'id'],
    ['an id that is a number', { ...FLAVOR, id: 7 }, 'id'],
    ['a missing name', without('name'), 'name'],
    ['a missing description, as before 2.55', without('description'), 'description'],
    ['missing visibility', without('os-flavor-access:is_public'), 'os-flavor-access:is_public'],
    ['visibility as a text', { ...FLAVOR, 'os-flavor-access:is_public': 'False' }, 'os-flavor-access:is_public'],
    ['disabled as a text', { ...FLAVOR, 'OS-FLV-DISABLED:disabled': 'False' }, 'OS-FLV-DISABLED:disabled'],
    ['memory as a text', { ...FLAVOR, ram: '2048' }, 'ram'],
    ['swap as another text', { ...FLAVOR, swap: '512' }, 'swap'],
    ['the factor as another text', { ...FLAVOR, rxtx_factor: '1.5' }, 'rxtx_factor'],
    ['the factor as null', { ...FLAVOR, rxtx_factor: null }, 'rxtx_factor'],
    ['an extra spec that is a number', { ...FLAVOR, extra_specs: { 'hw:cpu': 1 } }, 'extra_specs'],
    ['an extra spec that is null', { ...FLAVOR, extra_specs: { 'hw:cpu': '1', 'hw:x': null } }, 'extra_specs'],
    ['extra specs as a list', { ...FLAVOR, extra_specs: [] }, 'extra_specs'],
    ['extra specs as null', { ...FLAVOR, extra_specs: null }, 'extra_specs'],
    ['extra specs as a text', { ...FLAVOR, extra_specs: '' }, 'extra_specs'],
    ['several things', { ...without('name', 'disk'), vcpus: null, swap: '512' }, 'name, vcpus, disk, swap'],
  ])('does not take for a flavor, and says what is wrong: %s', (_, json, wrong) => {
    expect(readNovaFlavor(json)).toEqual({ wrong });
  });

  it('says that everything is wrong of the answer around the flavor', () => {
    expect(readNovaFlavor({ flavor: FLAVOR })).toEqual({
      wrong: Object.keys(without('rxtx_factor', 'OS-FLV-DISABLED:disabled', 'links', 'extra_specs')).join(', '),
    });
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['a list', [FLAVOR]],
    ['a text', 'db-mysql-large'],
  ])('does not take for a flavor: %s', (_, json) => {
    expect(readNovaFlavor(json)).toEqual({ wrong: expect.any(String) });
  });

  it('does not repeat a value that is wrong', () => {
    const json = { ...FLAVOR, ram: 'a-secret', extra_specs: { 'a-secret': ['a-secret'] } };
    expect(JSON.stringify(readNovaFlavor(json))).not.toContain('a-secret');
  });

  it('keeps an extra spec named __proto__ like any other', () => {
    const extraSpecs = '{"hw:cpu_policy":"dedicated","__proto__":"a text","constructor":"c","toString":"t"}';
    const read = readWith({ extra_specs: JSON.parse(extraSpecs) as unknown }).extraSpecs;
    expect(JSON.stringify(read)).toBe(extraSpecs);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
  });

  it.each(['{ "polluted": "yes" }', 'null', '1', '["a text"]'])(
    'is not fooled by an extra spec named __proto__ that is no text: %s',
    (value) => {
      const extraSpecs: unknown = JSON.parse(`{ "hw:cpu_policy": "dedicated", "__proto__": ${value} }`);
      expect(readNovaFlavor({ ...FLAVOR, extra_specs: extraSpecs })).toEqual({ wrong: 'extra_specs' });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    },
  );

  it('takes no value from the prototype of what Nova sent', () => {
    const json: unknown = JSON.parse(JSON.stringify(without('name')).replace(/}$/, ',"__proto__":{"name":"x"}}'));
    expect(readNovaFlavor(json)).toEqual({ wrong: 'name' });
  });
});
