import { flavorIds, flavorIdsOfType, OTHER_READERS_FLAVORS, OTHER_READERS_TYPE, type Shape, typeNames } from './shape';

/** A request that is measured. */
export interface Asked {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Person = 'admin' | 'reader' | 'nobody';

/** What a request is made of. */
export interface Making {
  readonly shape: Shape;
  /** Makes it another request each time. */
  readonly round: number;
  /** Asks for something beforehand, as somebody; not measured. Answers with the ETag. */
  ask(person: Person, asked: Asked): Promise<string>;
}

/** Something that the service can be asked for. */
export interface Operation {
  readonly what: string;
  readonly as: Person;
  readonly status: number;
  /** The longest that it may hold up the event loop. */
  readonly mostMs: number;
  /** Asked where the metrics are. */
  readonly ofMetrics?: boolean;
  readonly make: (making: Making) => Asked | Promise<Asked>;
}

type Make = Operation['make'];

const READ_MS = 50;
/** A transaction of 10,000 pairs. */
const WRITE_MS = 150;
const LISTED = 100;
const IDS = 1000;
const PAIRS = 10_000;

function reads(what: string, as: Person, make: Make, status = 200): Operation {
  return { what, as, status, mostMs: READ_MS, make };
}

function writes(what: string, make: Make, status: number): Operation {
  return { what, as: 'admin', status, mostMs: WRITE_MS, make };
}

/** The same once more: what an answer is sent from that is remembered. */
function again({ what, make, ...rest }: Operation): Operation {
  const repeat: Make = async (making) => {
    const asked = await make(making);
    await making.ask(rest.as, asked);
    return asked;
  };
  return { ...rest, what: `${what}, warm`, make: repeat };
}

/** Once more with the ETag that came the first time. */
function unchanged({ what, make, ...rest }: Operation): Operation {
  const repeat: Make = async (making) => {
    const asked = await make(making);
    return { ...asked, headers: { ...asked.headers, 'If-None-Match': await making.ask(rest.as, asked) } };
  };
  return { ...rest, what: `${what}, with its ETag`, status: 304, make: repeat };
}

let changes = 0;

/** Behind a registration, so that nothing that was remembered of the registry will do. */
function changed({ what, make, ...rest }: Operation): Operation {
  const behind: Make = async (making) => {
    changes += 1;
    const path = `/RegisteredFlavors/changing-${changes}/${flavorIds(making.shape, 0, 1)[0]}`;
    await making.ask('admin', { method: 'POST', path });
    return make(making);
  };
  return { ...rest, what: `${what}, behind a change`, make: behind };
}

const types = (shape: Shape, count: number): string => typeNames(shape, 0, count).join();
/** Others in each round, and always the first, which everybody sees. */
const ids = (shape: Shape, round: number, count: number): string => flavorIds(shape, 0, count - round).join();

const PAGE = reads('a page of everything', 'reader', ({ round }) => ({ path: `/RegisteredFlavors?min_ram=${round}` }));
const LIST = reads('a list of 100 types', 'reader', ({ round, shape }) => ({
  path: `/RegisteredFlavors/${types(shape, LISTED)}?min_ram=${round}`,
}));
const ONE_TYPE = reads('a list of one type', 'reader', ({ round, shape }) => ({
  path: `/RegisteredFlavors/${types(shape, 1)}?min_ram=${round}`,
}));
const NO_SUCH = reads('a page by a name that no flavor has', 'reader', ({ round }) => ({
  path: `/RegisteredFlavors?name=nothing-${round}`,
}));
const CHECK = reads('a check of 1,000 flavors for 10 types', 'reader', ({ round, shape }) => ({
  path: `/RegisteredFlavors/${types(shape, 10)}/${ids(shape, round, IDS)}`,
}));
const TYPES = reads('GET /ServiceTypes', 'reader', () => ({ path: '/ServiceTypes' }));
const EXPORT = reads('GET /Registrations', 'admin', () => ({ path: '/Registrations' }));

/** What anybody may ask. */
const PUBLIC: readonly Operation[] = [
  ...['/', '/healthcheck', '/readiness', '/openapi.json', '/errors', '/errors/registered-flavors.path.not_found'],
].map((path) => reads(`GET ${path}`, 'nobody', () => ({ path })));

const PAGES: readonly Operation[] = [
  ...[PAGE, again(PAGE), unchanged(PAGE), changed(PAGE), { ...PAGE, as: 'admin' as const }],
  reads('a page from the middle', 'reader', ({ round, shape }) => ({
    path: `/RegisteredFlavors?min_ram=${round}&marker=${flavorIds(shape, shape.flavors / 2, 1)[0]}`,
  })),
  ...[NO_SUCH, changed(NO_SUCH)],
  reads('a page of what is missing', 'admin', ({ round }) => ({
    path: `/RegisteredFlavors?status=missing&limit=${1000 - round}`,
  })),
  reads('a page of the registry alone', 'reader', ({ round }) => ({
    path: `/RegisteredFlavors?hydrate=false&limit=${1000 - round}`,
  })),
  reads('everything about 1,000 flavors', 'reader', ({ round, shape }) => ({
    path: `/RegisteredFlavors?min_vcpus=1&flavor_ids=${ids(shape, round, IDS)}`,
  })),
];

const LISTS: readonly Operation[] = [
  ...[LIST, again(LIST), unchanged(LIST), changed(LIST), { ...LIST, as: 'admin' as const }],
  reads('a list of 100 types that is empty', 'reader', ({ round, shape }) => ({
    path: `/RegisteredFlavors/${types(shape, LISTED)}?min_ram=${10_000_000 + round}`,
  })),
  reads('a list of 100 types by globs', 'reader', ({ round, shape }) => ({
    path: `/RegisteredFlavors/${types(shape, LISTED)}?name=*${'a*'.repeat(60)}${round}&extra_spec=hw:cpu_policy:*e*d*b`,
  })),
  reads('a list of 100 types, of the registry alone', 'reader', ({ round, shape }) => ({
    path: `/RegisteredFlavors/${types(shape, LISTED - round)}?hydrate=false`,
  })),
  reads('a list of 100 types with 100 flavor_ids', 'reader', ({ round, shape }) => ({
    path: `/RegisteredFlavors/${types(shape, LISTED)}?flavor_ids=${ids(shape, round, 100)}`,
  })),
  reads('HEAD of a list of 100 types', 'reader', ({ round, shape }) => ({
    ...{ method: 'HEAD', path: `/RegisteredFlavors/${types(shape, LISTED)}?min_vcpus=${round % 2}&min_disk=${round}` },
  })),
  ...[ONE_TYPE, again(ONE_TYPE), CHECK, again(CHECK)],
];

const REST: readonly Operation[] = [
  ...[TYPES, again(TYPES), changed(TYPES), changed({ ...TYPES, as: 'admin' as const })],
  ...[changed(EXPORT), again(EXPORT), unchanged(EXPORT)],
  ...[
    '',
    '?service_types=nothing',
    '?user_id=nobody',
    '?since=2030-01-01T00:00:00Z',
    '?until=1960-01-01T00:00:00Z',
    '?flavor_ids=nothing',
  ].map((query) => reads(`GET /RegistrationEvents${query}`, 'admin', () => ({ path: `/RegistrationEvents${query}` }))),
  { ...reads('GET /metrics', 'nobody', () => ({ path: '/metrics' })), ofMetrics: true },
];

const own = (kind: string, round: number, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${kind}${round}-${index}`);
const ofPairs = (method: string, { shape, round }: Making): Asked => ({
  ...{ method, path: `/RegisteredFlavors/${own('by-url', round, PAIRS / IDS).join()}/${ids(shape, 0, IDS)}` },
});
const document = (method: string, registrations: unknown, headers: Asked['headers'] = {}): Asked => ({
  ...{ method, path: '/Registrations', headers: { 'Content-Type': 'application/json', ...headers } },
  body: { registrations },
});
/** Of all registrations. */
const etagOf = (making: Making): Promise<string> => making.ask('admin', { path: '/Registrations' });
const manyPairs = ({ shape, round }: Making): unknown => ({
  [own('patched', round, 1)[0]!]: flavorIds(shape, 0, PAIRS),
});

/** As it would be exported, but for what other operations have left. */
const everything = ({ shape }: Making): Record<string, string[]> => ({
  ...Object.fromEntries(typeNames(shape, 0, shape.types).map((name, type) => [name, flavorIdsOfType(shape, type)])),
  [OTHER_READERS_TYPE]: flavorIds(shape, 0, OTHER_READERS_FLAVORS),
});
/** The same without some pairs, others in each round. */
const everythingBut = (making: Making, pairs: number): Record<string, string[]> => {
  const document = everything(making);
  for (const ids of Object.values(document).slice(5 * making.round, 5 * making.round + pairs)) ids.pop();
  return document;
};

/** Of documents as large as the registry. */
const LARGE_WRITES: readonly Operation[] = [
  writes(
    'PUT of everything with 5 changes',
    (making) => document('PUT', everythingBut(making, 5), { 'If-Match': '*' }),
    200,
  ),
  writes('PUT of everything', (making) => document('PUT', everything(making), { 'If-Match': '*' }), 200),
  {
    ...writes(
      'PUT of everything that stands',
      async (making) => document('PUT', everything(making), { 'If-Match': await etagOf(making) }),
      200,
    ),
    mostMs: READ_MS,
  },
  {
    ...writes(
      'PUT of everything and too much',
      (making) => document('PUT', { ...everything(making), more: own('more', 0, PAIRS + 1) }, { 'If-Match': '*' }),
      400,
    ),
    mostMs: READ_MS,
  },
];

/** In this order: each undoes what stands before it. */
const WRITES: readonly Operation[] = [
  writes('POST of 10,000 pairs', (making) => ofPairs('POST', making), 201),
  writes('POST of 10,000 pairs that stand', (making) => ofPairs('POST', making), 200),
  writes('DELETE of 10,000 pairs', (making) => ofPairs('DELETE', making), 200),
  writes('DELETE of 10,000 pairs that do not stand', (making) => ofPairs('DELETE', making), 404),
  writes(
    'POST by a body of 10,000 pairs',
    ({ shape, round }) => ({
      ...{ method: 'POST', path: '/RegisteredFlavors', headers: { 'Content-Type': 'application/json' } },
      body: { service_types: own('patched', round, 1), flavor_ids: flavorIds(shape, 0, PAIRS) },
    }),
    201,
  ),
  writes('PATCH of 10,000 pairs that stand', (making) => document('PATCH', manyPairs(making)), 200),
  writes(
    'PATCH that takes 10,000 pairs away',
    (making) => document('PATCH', { [own('patched', making.round, 1)[0]!]: null }),
    200,
  ),
  writes(
    'PATCH of 10,000 pairs with If-Match',
    async (making) => document('PATCH', manyPairs(making), { 'If-Match': await etagOf(making) }),
    200,
  ),
  writes(
    'PATCH that takes them away with If-Match',
    async (making) =>
      document('PATCH', { [own('patched', making.round, 1)[0]!]: null }, { 'If-Match': await etagOf(making) }),
    200,
  ),
  writes('PATCH with an old If-Match', (making) => document('PATCH', manyPairs(making), { 'If-Match': '"old"' }), 412),
  writes(
    'POST by a selector',
    ({ round }) => ({
      ...{ method: 'POST', path: '/RegisteredFlavors', headers: { 'Content-Type': 'application/json' } },
      body: { service_types: own('selected', round, 4), selector: { name: 'db.r0.1xlarge' } },
    }),
    201,
  ),
  writes('PUT with an old If-Match', () => document('PUT', {}, { 'If-Match': '"old"' }), 412),
  writes(
    'PUT that would take everything away',
    async (making) => document('PUT', {}, { 'If-Match': await etagOf(making) }),
    400,
  ),
  writes('PUT that would take everything away, whatever stands', () => document('PUT', {}, { 'If-Match': '*' }), 400),
];

export const OPERATIONS: readonly Operation[] = [...PUBLIC, ...PAGES, ...LISTS, ...REST, ...WRITES, ...LARGE_WRITES];

/** What is measured while nothing is in memory. */
export const FIRST_READS: readonly Operation[] = [PAGE, LIST, ONE_TYPE, CHECK, NO_SUCH, TYPES];

/** What is measured through the eyes of somebody who sees little. */
export const READS_OF_LITTLE: readonly Operation[] = FIRST_READS.map(changed);
