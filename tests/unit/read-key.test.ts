import { viewerKey } from '../../src/registrations/policy';
import { normalized, type ReadRequest, requestKey } from '../../src/registrations/read-request';

const ALL: ReadRequest = {
  ...{ serviceTypes: ['redis'], flavorIds: undefined, selector: undefined, statuses: undefined },
  ...{ hydrate: true, asProject: undefined, page: undefined },
};

describe('the key of a read', () => {
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
