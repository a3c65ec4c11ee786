import { flavorIds, typeNames } from '../shape';
import type { Attacker, Target } from './attacker';
import { askOver, type AttackRequest, type MakeRequest } from './connections';

const READERS = 30;
/** More RAM than any flavor has: the answer is empty, however much was gone through for it. */
const MORE_THAN_ANY = 10_000_000;
const ETAGS = 1000;

/** A reader who sends requests that all are allowed, each another one, and reads the answers. */
function reader(name: string, does: string, requestOf: (target: Target) => MakeRequest): Attacker {
  const attack = (target: Target) => askOver(target, READERS, requestOf(target));
  return { name, who: 'a reader', does, attack };
}

/** With the first of his tokens. */
function get({ tokens }: Target, path: string): AttackRequest {
  return { path, token: tokens[0] };
}

function types({ shape }: Target, count: number, from = 0): string {
  return typeNames(shape, from, count).join();
}

/** Patterns whose stars have to be tried at each place of a name. */
function nastyGlob(number: number): string {
  return `*${'a*'.repeat(60)}${number}*?*?*b`;
}

export const ASKS_MUCH: readonly Attacker[] = [
  reader(
    'selectors',
    '30 at once of GET /RegisteredFlavors/{100 types}?min_ram=N, whose answers are empty',
    (target) => (n) => get(target, `/RegisteredFlavors/${types(target, 100)}?min_ram=${MORE_THAN_ANY + n}`),
  ),
  reader('large-answers', '30 at once of lists with all flavors of a type, each another list', (target) => {
    const { types: all } = target.shape;
    return (n) => get(target, `/RegisteredFlavors/${types(target, 1, n % all)}?min_vcpus=1&min_ram=${n % 1024}`);
  }),
  reader(
    'globs',
    'lists of 100 types by name and extra specs, with globs of many stars',
    (target) => (n) =>
      get(
        target,
        `/RegisteredFlavors/${types(target, 100)}?name=${nastyGlob(n)}&extra_spec=hw:cpu_policy:${nastyGlob(n)}`,
      ),
  ),
  reader(
    'pages',
    'pages of everything, each with another limit and marker',
    (target) => (_, random) =>
      get(
        target,
        `/RegisteredFlavors?limit=${1 + random(1000)}&marker=${flavorIds(target.shape, random(target.shape.flavors), 1)[0]}`,
      ),
  ),
  reader(
    'empty-pages',
    'pages of everything with names that no flavor has: all of the registry is gone through',
    (target) => (n) => get(target, `/RegisteredFlavors?limit=1&name=nothing-${n}`),
  ),
  reader(
    'flavor-ids',
    'lists of 10 types, or of everything, with 1,000 flavor_ids, each time others',
    (target) => (n, random) => {
      const ids = flavorIds(target.shape, random(target.shape.flavors), 1000).join();
      const of = n % 2 === 0 ? '' : `/${types(target, 10, random(target.shape.types))}`;
      return get(target, `/RegisteredFlavors${of}?flavor_ids=${ids}&min_vcpus=1&min_ram=${n % 2048}`);
    },
  ),
  reader('checks', 'checks of 1,000 flavors for 10 types, each time others', (target) => (n, random) => {
    const ids = flavorIds(target.shape, random(target.shape.flavors), 1000).join();
    return get(target, `/RegisteredFlavors/${types(target, 10, random(target.shape.types))}/${ids}`);
  }),
  reader('heads', 'HEAD of lists of 100 types, each another one', (target) => (n) => ({
    ...get(target, `/RegisteredFlavors/${types(target, 100)}?min_ram=${n % 2048}&min_disk=${n % 20}`),
    method: 'HEAD',
  })),
  reader(
    'etags',
    'lists of 10 types with an If-None-Match of 1,000 ETags, each another one',
    (target) => (n, random) => ({
      ...get(target, `/RegisteredFlavors/${types(target, 10, random(target.shape.types))}?min_ram=${n % 2048}`),
      headers: { 'If-None-Match': Array.from({ length: ETAGS }, (_, at) => `W/"${n}-${at}-${'e'.repeat(24)}"`).join() },
    }),
  ),
  reader(
    'registry-alone',
    'lists of 100 types with hydrate=false, each with other flavor_ids or types',
    (target) => (n, random) => {
      if (n % 2 === 0) return get(target, `/RegisteredFlavors/${types(target, 100 - (n % 50), n % 7)}?hydrate=false`);
      const ids = flavorIds(target.shape, random(target.shape.flavors), 100).join();
      return get(target, `/RegisteredFlavors/${types(target, 100)}?hydrate=false&flavor_ids=${ids}`);
    },
  ),
  reader('service-types', 'GET /ServiceTypes', (target) => () => get(target, '/ServiceTypes')),
  reader('tokens', 'pages of everything, each request with another one of 12,000 valid tokens', (target) => (n) => ({
    path: `/RegisteredFlavors?limit=10`,
    token: target.tokens[n % target.tokens.length],
  })),
  reader('forbidden', 'POST of flavors that do not exist, by URL and with bodies of 1 MiB, which are 403', (target) => {
    const body = JSON.stringify({ service_types: ['t0'], flavor_ids: ['x'.repeat(200)] }).padEnd(1024 * 1024);
    const headers = { 'Content-Type': 'application/json' };
    return (n) =>
      n % 2 === 0
        ? { ...get(target, `/RegisteredFlavors/${types(target, 100)}/unknown-${n}`), method: 'POST' }
        : { ...get(target, '/RegisteredFlavors'), method: 'POST', headers, body };
  }),
  reader('documents', 'PUT and PATCH of documents of 16 MiB, which are 403, every other one cut off', (target) => {
    const ids = JSON.stringify(Array.from({ length: 10_000 }, (_, at) => `flavor-${at}`));
    const whole = `{"registrations":{${Array.from({ length: 100 }, (_, at) => `"t${at}":${ids}`).join()}}}`;
    const headers = { 'Content-Type': 'application/json', 'If-Match': '*' };
    return (n) => ({
      ...{ ...get(target, '/Registrations'), method: n % 2 === 0 ? 'PUT' : 'PATCH', headers },
      body: n % 4 < 2 ? whole : whole.slice(0, -1),
    });
  }),
  reader(
    'bad-items',
    'checks with 100 items that are malformed, which are 400',
    (target) => (n) =>
      get(target, `/RegisteredFlavors/${Array.from({ length: 100 }, (_, at) => `Bad_${n}_${at}`).join()}/%20x`),
  ),
];
