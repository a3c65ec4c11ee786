import { RenderedViews } from '../../src/http/rendered-views';
import { createView, type RegisteredFlavorsView, viewKey } from '../../src/registrations/registered-flavors-view';

const flavor = {
  ...{ id: '1', name: 'm1.tiny', description: null, ram: 512, vcpus: 1, disk: 1, ephemeral: 0, swap: 0 },
  ...{ rxtxFactor: 1, isPublic: true, isDisabled: false, extraSpecs: {} },
};

const ALL = { flavorIds: undefined, selector: undefined };

function viewOf(project: string, types: string[], flavors = 1): RegisteredFlavorsView {
  const viewer = { is: 'project', projectId: project } as const;
  const ids = Array.from({ length: flavors }, (_, index) => `id-${index}`);
  const registered = ids.map((flavorId) => ({ flavorId, serviceTypes: types }));
  const answers = ids.map((id) => ({ status: 'found', flavor: { ...flavor, id } }) as const);
  return createView(viewKey(viewer, types, ALL), viewer, ALL, registered, answers, {
    registry: 1,
    details: 1,
    goodFrom: 0,
    goodUntil: 1,
  });
}

describe('rendered views', () => {
  it('are kept, the least used ones only as far as the bound allows', () => {
    const views = new RenderedViews(10_000);
    const kept = Array.from({ length: 20 }, (_, index) => viewOf(`project-${index}`, ['redis']));
    for (const view of kept) views.remember(view);

    expect(views.recall(kept[19]!.key)).toBe(kept[19]);
    expect(views.recall(kept[0]!.key)).toBeUndefined();
    expect(views.render(kept[0]!).etag).toBe(views.render(kept[19]!).etag);
  });

  it('count what they are made of, too, also where nothing of it is shown', () => {
    const types = Array.from({ length: 100 }, (_, index) => `type-${index}`);
    const hidden = { ...viewOf('project', types, 100), flavors: [] };
    const views = new RenderedViews(100_000); // its 100 flavors take more than 100 types times 8 bytes each
    views.remember(hidden);

    expect(views.recall(hidden.key)).toBeUndefined();
    expect(views.render(hidden).body.toString()).toBe('{"registered_flavors":[]}');
  });

  it('of the same viewer have one key in whatever order the types are named, and no two viewers share one', () => {
    const admin = { is: 'admin' } as const;
    const project = (projectId: string) => ({ is: 'project', projectId }) as const;

    expect(viewKey(admin, ['b', 'a'], ALL)).toBe(viewKey(admin, ['a', 'b'], ALL));
    const keys = [viewKey(admin, ['a'], ALL), viewKey(project('a'), ['a'], ALL), viewKey(project('admin'), ['a'], ALL)];
    expect(new Set([...keys, viewKey(admin, ['a', 'b'], ALL), viewKey(project('b'), ['a'], ALL)]).size).toBe(5);
  });
});
