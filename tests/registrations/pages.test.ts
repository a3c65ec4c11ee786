import fc from 'fast-check';
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
  const read = getRegisteredFlavors(domain.ports, call, { ...EVERYTHING, ...request });
  const { flavors, next } = (await read.run(call)).result;
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
    const ports = { ...own.ports, flavors };
    const marked = { ...EVERYTHING, ...request, page: { limit, marker: undefined } };
    const { result } = await getRegisteredFlavors(ports, ADMIN, marked).run(ADMIN);
    await own.close();
    expect({ ids: result.flavors.map(({ flavorId }) => flavorId), next: result.next }).toEqual(page);
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
    const execute = <T>(_key: string, scan: () => Promise<T>): Promise<T> => {
      scans += 1;
      return scan();
    };
    const ports = { ...domain.ports, scans: { execute } };
    const scansFor = async (page: ReadRequest['page'], call = ADMIN) => {
      scans = 0;
      await getRegisteredFlavors(ports, call, { ...EVERYTHING, page, flavorIds: IDS.slice(0, 29) }).run(call);
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
      ...domain.ports,
      scans: {
        execute: <T>(_key: string, scan: () => Promise<T>): Promise<T> => {
          gone.abort(new Error('gone'));
          return scan();
        },
      },
    };
    const asked = { ...EVERYTHING, page: { limit: 7, marker: undefined }, flavorIds: IDS.slice(1) }; // by nobody before
    const call = callOf(['member'], { signal: gone.signal });
    await expect(getRegisteredFlavors(ports, call, asked).run(call)).rejects.toThrow('gone');
  });

  it('ends behind 10,000 pairs, with flavors that are whole, and one at least', async () => {
    const types = Array.from({ length: 6000 }, (_, index) => `t${index}`);
    const own = await openDomain(['a', 'b', 'c'].map((id) => inNova(id)));
    const registrations = Object.fromEntries([...types.map((type) => [type, ['a']]), ['redis', ['c']]]) as Record<
      string,
      string[]
    >;
    await own.declare(registrations);
    await own.declare(Object.fromEntries(types.slice(0, 4000).map((type) => [type, ['a', 'b']])));
    await own.declare(Object.fromEntries(types.slice(4000).map((type) => [type, ['a', 'b']])));
    await own.declare(Object.fromEntries(types.map((type) => [`x${type}`, ['b']])));
    const page = async (marker?: string) => {
      const request = { ...EVERYTHING, page: { limit: 1000, marker } };
      const { flavors, next } = (await getRegisteredFlavors(own.ports, ADMIN, request).run(ADMIN)).result;
      return [...flavors.map(({ flavorId, serviceTypes }) => [flavorId, serviceTypes.length]), next];
    };
    expect([await page(), await page('a'), await page('b')]).toEqual([
      [['a', 6000], 'a'],
      [['b', 12_000], 'b'],
      [['c', 1], undefined],
    ]);
    await own.close();
  });
});
