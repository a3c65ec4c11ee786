import fc from 'fast-check';
import { REMEMBERS_NOTHING, startTestService, type TestService } from '../support/test-service';
import { type StubWorld, startStubWorld, stubEnvironment } from '../support/stub-world';

const people = ['admin', 'member', 'reader', 'other'] as const;
const types = ['a', 'b', 'c'] as const;
const ids = ['1', '2', 'priv-demo', 'priv-none', 'db big memory', 'MixedCase'] as const;

type Step =
  | { do: 'GET'; who: (typeof people)[number]; path: string; asProject: boolean }
  | { do: 'POST' | 'DELETE'; types: string[]; ids: string[] };

const someTypes = fc.uniqueArray(fc.constantFrom(...types), { minLength: 1 });
const someIds = fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 3 }).map((each) => each.join());
const anyPath = fc.oneof(
  someTypes.map((each) => `/RegisteredFlavors/${each.join()}?`),
  fc.tuple(someTypes, someIds).map(([each, of]) => `/RegisteredFlavors/${each.join()}/${encodeURI(of)}?`),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('', ...ids))
    .map(([limit, marker]) =>
      marker === ''
        ? `/RegisteredFlavors?limit=${limit}`
        : `/RegisteredFlavors?limit=${limit}&marker=${encodeURI(marker)}`,
    ),
  fc.constantFrom('/RegisteredFlavors?hydrate=false', '/RegisteredFlavors?is_public=true&limit=1', '/ServiceTypes?'),
);
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('GET' as const),
      who: fc.constantFrom(...people),
      path: anyPath,
      asProject: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('POST' as const, 'DELETE' as const),
      types: someTypes,
      ids: fc.uniqueArray(fc.constantFrom(...ids), { minLength: 1, maxLength: 3 }),
    }),
  },
);

describe('what is remembered', () => {
  let here: StubWorld;
  let forgetful: TestService;
  beforeAll(async () => {
    here = await startStubWorld({ FLAVOR_TTL_SECONDS: '3600' });
    forgetful = await startTestService({
      ...stubEnvironment(here.stub),
      ...REMEMBERS_NOTHING,
      DATABASE_URL: `file:${here.world.service.databaseFile}`,
    });
  });
  afterAll(async () => {
    await forgetful.close();
    await here.world.close();
  });

  it('never shows to anybody what one who remembers nothing would not show', async () => {
    let compared = 0;
    const play = async (step: Step): Promise<void> => {
      if (step.do !== 'GET') {
        const target = `${forgetful.url}/RegisteredFlavors/${step.types.join()}/${step.ids.map(encodeURIComponent).join()}`;
        await fetch(target, { method: step.do, headers: { 'X-Auth-Token': here.world.tokens.admin } });
        return;
      }
      const asProject = step.who === 'admin' && step.asProject;
      const query = asProject ? `&project_id=${here.stub.keystone.projectId('demo')}` : '';
      const headers = { 'X-Auth-Token': here.world.tokens[step.who] };
      const ask = (url: string) => fetch(url + step.path + query, { headers });
      const [remembers, forgets] = await Promise.all([ask(here.world.service.url), ask(forgetful.url)]);
      const seen = async (answer: Response) => [
        answer.status,
        answer.headers.get('ETag'),
        (await answer.text()).replace(/req-[0-9a-f-]+/g, 'req'), // a 404 names its own request
      ];
      expect(await seen(remembers)).toEqual(await seen(forgets));
      compared += 1;
    };
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 10, maxLength: 40 }), async (steps) => {
        for (const step of steps) await play(step);
      }),
      { numRuns: 15 },
    );
    expect(compared).toBeGreaterThan(100);
  });
});
