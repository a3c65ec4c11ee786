import { type ComputeEndpointChoice, findComputeEndpoint } from '../../src/openstack/compute-endpoint';
import { novaErrors } from '../../src/openstack/upstream-errors';

const endpoint = (region_id: string, name: string, url: string) => ({ region_id, interface: name, url });

const IDENTITY = { type: 'identity', endpoints: [endpoint('RegionOne', 'public', 'http://keystone')] };
const ONE_REGION = [
  IDENTITY,
  {
    type: 'compute',
    endpoints: [
      endpoint('RegionOne', 'admin', 'http://admin.one'),
      endpoint('RegionOne', 'internal', 'http://internal.one'),
      endpoint('RegionOne', 'public', 'http://public.one'),
    ],
  },
];
const TWO_REGIONS = [
  ...ONE_REGION,
  { type: 'compute', endpoints: [endpoint('RegionTwo', 'public', 'http://public.two')] },
];

const find = (catalog: typeof ONE_REGION, choice: Partial<ComputeEndpointChoice> = {}) =>
  findComputeEndpoint(catalog, { region: undefined, interface: 'public', override: undefined, ...choice }, novaErrors);

/** What is said when there is no endpoint to be had. */
function refusal(catalog: typeof ONE_REGION, choice: Partial<ComputeEndpointChoice> = {}) {
  try {
    find(catalog, choice);
  } catch (error) {
    expect(error).toMatchObject({
      kind: 'unavailable',
      problems: [{ code: 'registered-flavors.nova.unavailable' }],
      retryAfterSeconds: 5,
    });
    return (error as Error).message;
  }
  throw new Error('an endpoint was found');
}

describe('findComputeEndpoint', () => {
  it.each([
    ['public', 'http://public.one'],
    ['internal', 'http://internal.one'],
    ['admin', 'http://admin.one'],
  ] as const)('takes the %s one when there is one region', (name, url) => {
    expect(find(ONE_REGION, { interface: name })).toBe(url);
  });

  it.each([
    ['RegionOne', 'http://public.one'],
    ['RegionTwo', 'http://public.two'],
  ])('takes the one in %s when that is chosen', (region, url) => {
    expect(find(TWO_REGIONS, { region })).toBe(url);
  });

  it('does not choose between regions on its own', () => {
    expect(refusal(TWO_REGIONS)).toBe(
      "Keystone's catalog has compute in several regions: RegionOne, RegionTwo. Set OS_REGION_NAME.",
    );
  });

  it('needs no region when only one has the interface', () => {
    expect(find(TWO_REGIONS, { interface: 'internal' })).toBe('http://internal.one');
  });

  it('says what there is when there is none of the interface in the region', () => {
    expect([
      refusal(TWO_REGIONS, { region: 'RegionTwo', interface: 'internal' }),
      refusal(TWO_REGIONS, { region: 'Mars' }),
    ]).toEqual([
      "Keystone's catalog has no internal compute endpoint in region RegionTwo. It has: admin in RegionOne, internal " +
        'in RegionOne, public in RegionOne, public in RegionTwo. OS_REGION_NAME and OS_INTERFACE choose.',
      "Keystone's catalog has no public compute endpoint in region Mars. It has: admin in RegionOne, internal in " +
        'RegionOne, public in RegionOne, public in RegionTwo. OS_REGION_NAME and OS_INTERFACE choose.',
    ]);
  });

  it('says so when the catalog has no compute at all', () => {
    const said = "Keystone's catalog has no endpoint of the type compute for this service's own user.";
    const withoutEndpoints = [IDENTITY, { type: 'compute', endpoints: [] }];
    expect([refusal([IDENTITY]), refusal([]), refusal(withoutEndpoints)]).toEqual([said, said, said]);
  });

  it('reads the region of an older catalog', () => {
    const older = [{ type: 'compute', endpoints: [{ region: 'RegionOne', interface: 'public', url: 'http://old' }] }];
    const choice = { region: 'RegionOne', interface: 'public', override: undefined } as const;
    expect(findComputeEndpoint(older, choice, novaErrors)).toBe('http://old');
  });

  it('takes the override without a look at the catalog', () => {
    expect(find([], { override: 'http://elsewhere/v2.1', region: 'Mars' })).toBe('http://elsewhere/v2.1');
  });
});
