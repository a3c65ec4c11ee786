import fc from 'fast-check';
import { readContract } from '../../src/http/contract';
import { hostileHeaders, hostileJson, hostileParts, hostileTexts } from './hostile-values';
import { type Schema, SchemaValues } from './schema-values';

/** Whose token goes with a request. */
export const CALLERS = ['admin', 'member', 'reader', 'other', 'service', 'unscoped', 'nobody', 'none'] as const;
export type Caller = (typeof CALLERS)[number];

/** A request as it goes over the wire, but for the token. */
export interface FuzzRequest {
  /** It is as the contract says: whatever is answered, it is not that something is malformed. */
  readonly tame: boolean;
  readonly method: string;
  readonly target: string;
  readonly caller: Caller;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Whether the body is sent in chunks, without its length. */
  readonly chunked: boolean;
  /** The client goes away before the answer comes. */
  readonly leaves: boolean;
}

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly explode?: boolean;
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { value: string }>>;
}
interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly (Parameter | { $ref: string })[];
  readonly requestBody?: { content: Readonly<Record<string, { schema: Schema }>> };
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { parameters: Record<string, Parameter>; schemas: Record<string, Schema> };
}
interface Place {
  readonly path: string;
  readonly method: string;
  readonly operation: Operation;
}

const document = readContract() as unknown as Document;
/** Any other text is 404, so that the contract does not say of its parameter which there are. */
const errorCodes = document.components.schemas['ErrorCode']?.enum ?? [];
const ONE_HOSTILE_IN = 10;

/** Requests of all operations, half of them with something in them that the contract does not allow. */
export function requests(flavorIds: readonly string[]): fc.Arbitrary<FuzzRequest> {
  const values = new SchemaValues(document.components.schemas, {
    ServiceType: fc.constantFrom('redis', 'mysql', 'vertica', 'kafka', 'mysql-8.0'),
    FlavorId: fc.constantFrom(...flavorIds),
  });
  const places: Place[] = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const made = (tame: boolean) => fc.oneof(...places.map((place) => new Requests(values, tame).to(place)));
  return fc.oneof({ arbitrary: made(true), weight: 2 }, { arbitrary: made(false), weight: 3 });
}

/** Makes requests, either all as the contract says, or with something else in between. */
class Requests {
  constructor(
    private readonly values: SchemaValues,
    private readonly tame: boolean,
  ) {}

  to({ path, method, operation }: Place): fc.Arbitrary<FuzzRequest> {
    const parameters = (operation.parameters ?? []).map((each) =>
      '$ref' in each ? document.components.parameters[each.$ref.split('/').at(-1)!]! : each,
    );
    return fc
      .record({
        method: this.mostly(
          method === 'GET' ? fc.constantFrom('GET', 'GET', 'GET', 'HEAD') : fc.constant(method),
          fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND', 'BREW'),
        ),
        path: this.path(path, parameters),
        query: this.query(parameters.filter((each) => each.in === 'query')),
        caller: fc.oneof({ arbitrary: fc.constant('admin' as const), weight: 3 }, fc.constantFrom(...CALLERS)),
        headers: this.headers(parameters.filter((each) => each.in === 'header')),
        entity: this.entity(operation),
        chunked: fc.nat(9).map((one) => one === 9),
        leaves: fc.nat(99).map((one) => one === 99),
      })
      .map(({ path: target, query, headers, entity, ...rest }) => ({
        ...rest,
        tame: this.tame,
        target: query === '' ? target : `${target}?${query}`,
        headers: { ...headers, ...entity.headers },
        body: entity.body,
      }));
  }

  private mostly<T>(good: fc.Arbitrary<T>, bad: fc.Arbitrary<T>): fc.Arbitrary<T> {
    return this.tame ? good : fc.oneof({ arbitrary: good, weight: ONE_HOSTILE_IN - 1 }, { arbitrary: bad, weight: 1 });
  }

  private path(path: string, parameters: readonly Parameter[]): fc.Arbitrary<string> {
    const segments = path.split('/').map((segment) => {
      const parameter = parameters.find(({ name }) => segment === `{${name}}`);
      return parameter === undefined
        ? this.mostly(fc.constant(segment), fc.constant(segment.toLowerCase()))
        : this.mostly(this.part(parameter).map(inUrl), hostileParts);
    });
    return fc.tuple(...segments).map((all) => all.join('/') || '/');
  }

  private part({ name, schema }: Parameter): fc.Arbitrary<unknown> {
    return name === 'code' ? fc.constantFrom(...errorCodes) : this.values.of(schema);
  }

  private query(parameters: readonly Parameter[]): fc.Arbitrary<string> {
    const known = parameters.map((parameter) => {
      const odd = hostileParts.map((text) => [`${parameter.name}=${text}`]);
      return sometimes(3, this.mostly(this.pairs(parameter), odd), []);
    });
    const names = fc.constantFrom('limits', 'debug', '__proto__', ...parameters.map(({ name }) => name));
    const odd = fc.tuple(fc.oneof(names, hostileParts), hostileParts).map((pair) => [pair.join('=')]);
    return fc.tuple(this.mostly(fc.constant<string[]>([]), odd), ...known).map((all) => all.flat().join('&'));
  }

  private pairs({ name, schema, explode = false }: Parameter): fc.Arbitrary<string[]> {
    if (name === 'since' || name === 'until') return instants.map((text) => [`${name}=${encodeURIComponent(text)}`]);
    return this.values
      .of(schema)
      .map((value) =>
        explode && Array.isArray(value)
          ? value.map((each) => `${name}=${encodeURIComponent(String(each))}`)
          : [`${name}=${inUrl(value)}`],
      );
  }

  private headers(parameters: readonly Parameter[]): fc.Arbitrary<Record<string, string>> {
    const entries = parameters.map(({ name, examples = {} }) => {
      const good = Object.values(examples).map(({ value }) => value);
      const usual = name.startsWith('If-') ? fc.constantFrom('*', '*', '*', ...good) : fc.constantFrom(...good);
      const oneIn = name === 'X-Service-Token' ? 20 : 2; // none that is made up is valid: nothing but 401 comes of it
      return fc.tuple(fc.constant(name), sometimes(oneIn, this.mostly(usual, hostileHeaders), undefined));
    });
    const others = fc.tuple(
      fc.constantFrom('Accept', 'Accept-Encoding', 'Range', 'Expect', 'Upgrade', 'X-Forwarded-For', 'Origin'),
      this.mostly(fc.constant<string | undefined>(undefined), hostileHeaders),
    );
    return fc
      .tuple(...entries, others)
      .map((all) => Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined)));
  }

  private entity({ requestBody }: Operation): fc.Arbitrary<{ headers: Record<string, string>; body?: string }> {
    if (requestBody === undefined) {
      const nothing = fc.constant({ headers: {} });
      return this.mostly<{ headers: Record<string, string>; body?: string }>(
        nothing,
        hostileJson.map((body) => ({ headers: { 'Content-Type': 'application/json' }, body })),
      );
    }
    const kinds = Object.entries(requestBody.content).map(([type, { schema }]) =>
      fc.record({
        headers: fc.record({
          'Content-Type': this.mostly(fc.constant(type), fc.oneof(fc.constantFrom('text/plain', ''), hostileHeaders)),
        }),
        body: this.mostly(
          this.values.of(schema).map((value) => JSON.stringify(value)),
          this.badBody(schema),
        ),
      }),
    );
    return fc.oneof(...kinds);
  }

  /** Not what was asked for: something else at one place, cut off, or of another kind. */
  private badBody(schema: Schema): fc.Arbitrary<string> {
    const good = this.values.of(schema).map((value) => JSON.stringify(value));
    return fc.oneof(
      hostileJson,
      fc.tuple(good, hostileJson, fc.nat()).map(([text, other, at]) => replaceOneValue(text, other, at)),
      fc.tuple(good, fc.nat()).map(([text, at]) => text.slice(0, at % text.length)),
      fc.tuple(good, hostileTexts).map(([text, more]) => text + more),
    );
  }
}

const instants = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());

function sometimes<T, Nil>(oneIn: number, present: fc.Arbitrary<T>, nil: Nil): fc.Arbitrary<T | Nil> {
  return fc.oneof({ arbitrary: fc.constant(nil), weight: oneIn - 1 }, { arbitrary: present, weight: 1 });
}

function inUrl(value: unknown): string {
  return (Array.isArray(value) ? value : [value]).map((each) => encodeURIComponent(String(each))).join(',');
}

/** Puts another value in the place of one string, number or word of a JSON text. */
function replaceOneValue(text: string, other: string, at: number): string {
  const places = [...text.matchAll(/"(?:[^"\\]|\\.)*"|[-\d.]+|true|false|null/g)];
  const place = places[at % places.length];
  if (place === undefined) return other;
  return text.slice(0, place.index) + other + text.slice(place.index + place[0].length);
}
