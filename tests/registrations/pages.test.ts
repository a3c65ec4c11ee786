import fc from 'fast-check';
import { createViewMemories } from '../../src/http/view-memories';
import { getRegisteredFlavors } from '../../src/registrations/get-registered-flavors';
import { deregisterFlavors } from '../../src/registrations/deregister-flavors';
import type { FlavorDirectory } from '../../src/registrations/flavor-directory';
import type { ReadRequest } from '../../src/registrations/read-request';
import { numbered } from '../store/examples';
import { ADMIN, callOf, type Domain, EVERYTHING, inNova, MEMBER, openDomain } from './support/registry';

/** Of these 30 flavors, every third is public. */
const IDS = numbered('', 30);
const PUBLIC = IDS.filter((_, index) => index % 3 === 0);

let domain: Domain;
beforeAll(async () => {
  domain = await openDomain(IDS.map((id) => inNova(id, { is_public: PUBLIC.includes(id), ram: Number(id) + 1 })));
  await domain.register({ serviceTypes: ['redis'], flavors: { flavorIds: IDS, named: 'in a body' } });
});
afterAll(() => domain.close());

const readPage = async (request: Partial<ReadRequest>, call = ADMIN) => {
  const ports = { ...domain.ports, views: domain.views.flavors };
  const { flavors, next } = (await getRegisteredFlavors(ports, call, { ...EVERYTHING, ...request })).view;
  return { ids: flavors.map(({ flavorId }) => flavorId), next };
};

describe('a page', () => {
  it.each([
    [{ limit: 3, marker: undefined }, ['000', '003', '006'], '006'],
    [{ limit: 3, marker: '006' }, ['009', '012', '015'], '015'],
    [{ limit: 3, marker: '0065' }, ['009', '012', '015'], '015'],
    [{ limit: 1, marker: undefined }, ['000'], '000'], // one look fills it, and shows nothing of the next
    [{ limit: 10, marker: undefined }, PUBLIC, undefined],
    [{ limit: 9, marker: undefined }, PUBLIC.slice(0, 9), '024'],
    [{ limit: 5, marker: '027' }, [], undefined],
  ])('is full with what is to be seen, and says where the next one begins: %j', async (page, ids, next) => {
    expect(await readPage({ page }, MEMBER)).toEqual({ ids, next });
  });

  it('tells no next one when only what is hidden is left', async () => {
    expect(await readPage({ page: { limit: 1, marker: '024' } }, MEMBER)).toEqual({ ids: ['027'], next: undefined });
    expect(await readPage({ page: { limit: 2, marker: '027' } })).toEqual({ ids: ['028', '029'], next: undefined });
  });

  it.each([
    [{ limit: 1 }, ['001'], { ids: ['000'], next: '000' }],
    [{ limit: 1 }, ['000', '001'], { ids: [], next: '001' }],
    [{ limit: 2, flavorIds: ['000', '001'] }, ['000'], { ids: ['001'], next: undefined }],
    [{ limit: 1, flavorIds: ['000', '001'] }, ['000', '001'], { ids: [], next: undefined }],
    [{ limit: 1, flavorIds: ['000', '001', '002'] }, ['000', '001'], { ids: [], next: '001' }],
  ])('leads on when some of it is deregistered while it is looked up: %j without %j', async (asked, gone, page) => {
    const { limit, ...request } = asked;
    const own = await openDomain(IDS.map((id) => inNova(id)));
    await own.register({ serviceTypes: ['redis'], flavors: { flavorIds: IDS, named: 'in a body' } });
    const flavors = {
      revision: 1,
      lookUp: async (...args: Parameters<FlavorDirectory['lookUp']>) => {
        const answers = await own.ports.flavors.lookUp(...args);
        await deregisterFlavors(own.ports, ADMIN, { serviceTypes: ['redis'], flavorIds: gone, isPreview: false });
        return answers;
      },
    };
    const ports = { ...own.ports, flavors, views: own.views.flavors };
    const marked = { ...EVERYTHING, ...request, page: { limit, marker: undefined } };
    const { view } = await getRegisteredFlavors(ports, ADMIN, marked);
    await own.close();
    expect({ ids: view.flavors.map(({ flavorId }) => flavorId), next: view.next }).toEqual(page);
  });

  it('holds only what is wanted, and goes through all of the registry for it', async () => {
    const selector = { extraSpecs: [], minRam: 28 };
    expect(await readPage({ page: { limit: 2, marker: undefined }, selector })).toEqual({
      ids: ['027', '028'],
      next: '028',
    });
    expect(await readPage({ page: { limit: 3, marker: undefined }, selector })).toEqual({
      ...{ ids: ['027', '028', '029'], next: undefined },
    });
    expect(await readPage({ page: { limit: 1, marker: undefined }, selector, flavorIds: ['000', '028'] })).toEqual({
      ...{ ids: ['028'], next: undefined },
    });
  });

  it('leads with its next ones through all that is seen, each once, whatever the size', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 31 }), fc.boolean(), async (limit, isAdmin) => {
        const seen: string[] = [];
        let marker: string | undefined;
        do {
          const page = await readPage({ page: { limit, marker } }, isAdmin ? ADMIN : MEMBER);
          expect(page.ids.length).toBeLessThanOrEqual(limit);
          expect(page.next === undefined || page.ids.length === limit).toBe(true);
          seen.push(...page.ids);
          marker = page.next;
        } while (marker !== undefined);
        expect(seen).toEqual(isAdmin ? IDS : PUBLIC);
      }),
      { numRuns: 40 },
    );
  });

  it('goes through the registry only when one look does not fill it, and then as few do at once as may', async () => {
    let scans = 0;
    const execute = <T>(scan: () => Promise<T>): Promise<T> => {
      scans += 1;
      return scan();
    };
    const ports = { ...domain.ports, views: domain.views.flavors, scans: { execute } };
    const scansFor = async (page: ReadRequest['page'], call = ADMIN) => {
      scans = 0;
      await getRegisteredFlavors(ports, call, { ...EVERYTHING, page, flavorIds: IDS.slice(0, 29) });
      return scans;
    };
    expect(await scansFor({ limit: 5, marker: undefined })).toBe(0); // nothing is hidden from admins
    expect(await scansFor({ limit: 5, marker: undefined }, MEMBER)).toBe(1);
    expect(await scansFor({ limit: 4, marker: '023' }, MEMBER)).toBe(1);
    expect(await scansFor({ limit: 5, marker: '023' }, MEMBER)).toBe(0); // there is no more
  });

  it('is not made for who has gone while waiting', async () => {
    const gone = new AbortController();
    const ports = {
      ...{ ...domain.ports, views: createViewMemories(1024).flavors }, // nothing of it is remembered
      scans: {
        execute: <T>(scan: () => Promise<T>): Promise<T> => {
          gone.abort(new Error('gone'));
          return scan();
        },
      },
    };
    const asked = { ...EVERYTHING, page: { limit: 7, marker: undefined }, flavorIds: IDS.slice(1) }; // by nobody before
    const reading = getRegisteredFlavors(ports, callOf(['member'], { signal: gone.signal }), asked);
    await expect(reading).rejects.toThrow('gone');
  });
});
