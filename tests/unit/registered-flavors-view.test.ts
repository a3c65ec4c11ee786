import type { AcceptedFlavor, Flavor } from '../../src/registrations/flavor';
import {
  type FlavorDetails,
  seesAll,
  type ShownFlavor,
  showsSame,
} from '../../src/registrations/registered-flavors-view';
import type { ReadRequest } from '../../src/registrations/read-request';

const ACCEPTED: AcceptedFlavor = {
  ...{ id: '1', name: 'one', ram: 1, vcpus: 1, disk: 1, ephemeral: 0, swap: 0, isPublic: true },
};
const FLAVOR: Flavor = {
  ...{ ...ACCEPTED, description: null, rxtxFactor: undefined, isDisabled: false, extraSpecs: {} },
};
const details = (but: Partial<FlavorDetails> = {}): FlavorDetails => ({
  ...{ status: 'changed', flavor: FLAVOR, registeredAs: ACCEPTED },
  ...but,
});
const shown = (but: Partial<ShownFlavor> = {}): ShownFlavor => ({
  ...{ flavorId: '1', serviceTypes: ['mysql', 'redis'], details: details() },
  ...but,
});

describe('two views', () => {
  it('show the same when all is the same, whoever made them', () => {
    const again = shown({ serviceTypes: ['mysql', 'redis'], details: details({ registeredAs: { ...ACCEPTED } }) });
    expect([
      showsSame([shown()], [again]),
      showsSame([shown({ details: undefined })], [shown({ details: undefined })]),
      showsSame(
        [shown({ details: details({ registeredAs: undefined }) })],
        [shown({ details: details({ registeredAs: undefined }) })],
      ),
      showsSame([], []),
    ]).toEqual([true, true, true, true]);
  });

  it.each<[string, ShownFlavor[]]>([
    ['fewer flavors', []],
    ['more flavors', [shown(), shown()]],
    ['another flavor', [shown({ flavorId: '2' })]],
    ['fewer types', [shown({ serviceTypes: ['mysql'] })]],
    ['no details', [shown({ details: undefined })]],
    ['another status', [shown({ details: details({ status: 'available' }) })]],
    ['something else said by Nova', [shown({ details: details({ flavor: { ...FLAVOR } }) })]],
    ['nothing said by Nova', [shown({ details: details({ flavor: null }) })]],
    ['nothing of what was accepted', [shown({ details: details({ registeredAs: undefined }) })]],
    ['another size accepted', [shown({ details: details({ registeredAs: { ...ACCEPTED, ram: 2 } }) })]],
    ['another name accepted', [shown({ details: details({ registeredAs: { ...ACCEPTED, name: 'two' } }) })]],
    ['another id accepted', [shown({ details: details({ registeredAs: { ...ACCEPTED, id: '2' } }) })]],
    ['private accepted', [shown({ details: details({ registeredAs: { ...ACCEPTED, isPublic: false } }) })]],
  ])('differ when one shows %s', (_, other) => {
    expect([showsSame([shown()], other), showsSame(other, [shown()])]).toEqual([false, false]);
  });
});

describe('all that is registered, without a word of Nova,', () => {
  it.each([
    ['admin', false, true],
    ['admin', true, false],
    ['project', false, false],
    ['project', true, false],
  ] as const)('is seen by: %s, with details: %s: %s', (is, hydrate, expected) => {
    const viewer = is === 'admin' ? ({ is } as const) : ({ is, projectId: 'p-1' } as const);
    expect(seesAll(viewer, { hydrate } as ReadRequest)).toBe(expected);
  });
});
