import { createViewMemories } from '../../src/http/view-memories';
import { viewerKey } from '../../src/registrations/policy';
import { normalized, type ReadRequest, requestKey } from '../../src/registrations/read-request';
import type { RegisteredFlavorsView } from '../../src/registrations/registered-flavors-view';

const accepted = {
  ...{ id: '1', name: 'm1.tiny', ram: 512, vcpus: 1, disk: 1, ephemeral: 0, swap: 0, isPublic: true },
};
const flavor = { ...accepted, description: null, rxtxFactor: 1, isDisabled: false, extraSpecs: {} };

const ALL: ReadRequest = {
  ...{ serviceTypes: ['redis'], flavorIds: undefined, selector: undefined, statuses: undefined },
  ...{ hydrate: true, asProject: undefined, page: undefined },
};

function viewOf(projectId: string, types: string[], flavors = 1): RegisteredFlavorsView {
  const viewer = { is: 'project', projectId } as const;
  const request = { ...ALL, serviceTypes: types };
  return {
    ...{ key: `${viewerKey(viewer)} ${requestKey(request)}`, request, next: undefined },
    flavors: Array.from({ length: flavors }, (_, index) => ({
      flavorId: `id-${index}`,
      serviceTypes: types,
      details: { status: 'available', flavor, registeredAs: undefined },
    })),
    asOf: { registry: 1, details: 1, goodFrom: 0, goodUntil: 1, shownUntil: 1 },
  };
}

describe('rendered views', () => {
  it('are kept, the least used ones only as far as the bound allows', () => {
    const { flavors: views } = createViewMemories(12_000);
    const kept = Array.from({ length: 20 }, (_, index) => viewOf(`project-${index}`, ['redis']));
    for (const view of kept) views.remember(view);

    expect(views.recall(kept[19]!.key)).toBe(kept[19]);
    expect(views.recall(kept[0]!.key)).toBeUndefined();
    expect(views.render(kept[0]!).etag).toBe(views.render(kept[19]!).etag);
  });

  it('count the objects that are kept with the bytes, too', () => {
    const types = Array.from({ length: 100 }, (_, index) => `t${index}`);
    const large = viewOf('project', types, 100);
    const { flavors: views } = createViewMemories(100_000);
    const { body } = views.render(large);
    const just = Math.ceil((body.length + 2048) * (8 / 7)); // for the bytes alone it would do
    const { flavors: small } = createViewMemories(just);
    small.remember(large);

    expect(small.recall(large.key)).toBeUndefined();
  });
});

describe('the key of a view', () => {
  const keyOf = (request: Partial<ReadRequest>) => requestKey(normalized({ ...ALL, ...request }));

  it('is one for the same things asked for in another order, or twice', () => {
    const selector = { extraSpecs: ['a:1', 'b:2'] };
    const one = keyOf({ serviceTypes: ['a', 'b'], flavorIds: ['1', '2'], selector, statuses: ['missing', 'changed'] });
    const other = keyOf({
      ...{ serviceTypes: ['b', 'a', 'b'], flavorIds: ['2', '1', '2'], statuses: ['changed', 'missing'] },
      selector: { extraSpecs: ['b:2', 'a:1', 'b:2'] },
    });
    expect(one).toBe(other);
  });

  it('is another one for whatever else is asked for, and for every other viewer', () => {
    const project = (projectId: string) => viewerKey({ is: 'project', projectId });
    expect(new Set([viewerKey({ is: 'admin' }), project('admin'), project('a'), project('b')]).size).toBe(4);
    const requests: Partial<ReadRequest>[] = [
      {},
      { serviceTypes: ['a'] },
      { serviceTypes: ['a', 'b'] },
      { flavorIds: [] },
      { flavorIds: ['1'] },
      { flavorIds: ['1', '2'] },
      { selector: { extraSpecs: [] } },
      { selector: { extraSpecs: ['1:1'] } },
      { selector: { extraSpecs: [], name: '1' } },
      { selector: { extraSpecs: [], minVcpus: 1 } },
      { selector: { extraSpecs: [], minRam: 1 } },
      { selector: { extraSpecs: [], minDisk: 1 } },
      { selector: { extraSpecs: [], isPublic: true } },
      { selector: { extraSpecs: [], isPublic: false } },
      { statuses: ['missing'] },
      { statuses: ['changed'] },
      { statuses: [] },
      { hydrate: false },
      { serviceTypes: undefined, page: { limit: 1, marker: undefined } },
      { serviceTypes: undefined, page: { limit: 2, marker: undefined } },
      { serviceTypes: undefined, page: { limit: 1, marker: '1' } },
      { serviceTypes: undefined, page: { limit: 1, marker: '1' }, asProject: 'a' },
    ];
    expect(new Set(requests.map(keyOf)).size).toBe(requests.length);
  });
});
