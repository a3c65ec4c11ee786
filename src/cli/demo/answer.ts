import { isDeepStrictEqual } from 'node:util';
import type { components } from '../../http/contract-types';
import type { StubFlavor } from '../../stub/stub-flavors';

type Schemas = components['schemas'];
type Body = Partial<
  { registered_flavors: Schemas['RegisteredFlavor'][] } & Schemas['RegisterOutcome'] &
    Schemas['DeregisterOutcome'] &
    Schemas['Errors']
>;

const OUTCOMES = ['registered', 'already_registered', 'deregistered', 'not_registered'] as const;
const TELLING_HEADERS = ['Allow', 'Retry-After', 'WWW-Authenticate'];

/** An answer of the service, read to its end. */
export interface Answer {
  readonly status: number;
  /** Those that a reader of the story cares for. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
  /** What came when it was not JSON. */
  readonly text: string | undefined;
}

/** What an answer has to be. */
export interface Expectation {
  readonly status: number;
  /** The essential content, as {@link essenceOf} tells it. */
  readonly content: readonly string[];
  /** Words that the error entries, taken together, have to say. */
  readonly says?: readonly string[];
  /** Headers that have to be there. */
  readonly headers?: readonly string[];
}

/** The service did not do what the story tells: the demo is over. */
export class NotAsTold extends Error {
  constructor(what: string, expected: unknown, actual: unknown) {
    super(`${what}\n  expected: ${JSON.stringify(expected)}\n  actual:   ${JSON.stringify(actual)}`);
    this.name = 'NotAsTold';
  }
}

/** Reads an answer to its end. */
export async function readAnswer(response: Response): Promise<Answer> {
  const headers = TELLING_HEADERS.flatMap((name) => {
    const value = response.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const text = await response.text();
  const body = parseBody(text);
  return {
    status: response.status,
    headers: Object.fromEntries(headers),
    body: body ?? {},
    text: body === undefined ? text : undefined,
  };
}

/**
 * What matters in an answer, a line for each item: `redis x` for a flavor x registered for redis, with what became of
 * it in front; `x available mysql,redis` for a flavor; the code of an error; text as it is.
 */
export function essenceOf({ body, text }: Answer): string[] {
  return [
    ...(text === undefined ? [] : [text]),
    ...OUTCOMES.flatMap((outcome) => pairsOf(body, outcome).map((pair) => `${outcome} ${pair}`)),
    ...(body.registered_flavors ?? []).map(
      ({ flavor_id: id, status, service_types: types }) => `${id} ${status} ${types.join(',')}`,
    ),
    ...(body.errors ?? []).map(({ code }) => code),
  ];
}

/** What became of the pairs, in words: one sentence for each outcome and service type. */
export function outcomesOf({ body }: Answer): string[] {
  return OUTCOMES.flatMap((outcome) => {
    const idsOf = new Map<string, string[]>();
    for (const { service_type: type, flavor_id: id } of body[outcome] ?? []) {
      idsOf.set(type, [...(idsOf.get(type) ?? []), id]);
    }
    return [...idsOf].map(([type, ids]) => `${outcome.replace('_', ' ')} for ${type}: ${ids.join(', ')}`);
  });
}

/**
 * Compares an answer with what it has to be, and the flavors in it with what Nova has.
 * @throws NotAsTold
 */
export function check(asked: string, answer: Answer, expected: Expectation, inNova: readonly StubFlavor[]): void {
  const { status, content, says = [], headers = [] } = expected;
  if (answer.status !== status) throw new NotAsTold(`${asked}: the status is wrong.`, status, answer);
  const essence = essenceOf(answer);
  if (!isDeepStrictEqual(essence, content)) throw new NotAsTold(`${asked}: the answer is wrong.`, content, essence);
  const details = (answer.body.errors ?? []).map(({ detail }) => detail).join(' ');
  const unsaid = says.filter((words) => !details.includes(words));
  if (unsaid.length > 0) throw new NotAsTold(`${asked}: the errors do not say enough.`, says, details);
  const absent = headers.filter((name) => !(name in answer.headers));
  if (absent.length > 0) throw new NotAsTold(`${asked}: headers are missing.`, headers, answer.headers);
  checkDetails(asked, answer, inNova);
}

function checkDetails(asked: string, { body }: Answer, inNova: readonly StubFlavor[]): void {
  for (const { flavor } of body.registered_flavors ?? []) {
    if (flavor === null) continue;
    const expected = sizeOf(inNova.find(({ id }) => id === flavor.id));
    const told = sizeOf(flavor);
    if (!isDeepStrictEqual(told, expected)) throw new NotAsTold(`${asked}: Nova says something else.`, expected, told);
  }
}

function sizeOf(flavor: Pick<StubFlavor, 'id' | 'name' | 'vcpus' | 'ram' | 'disk'> | undefined): unknown[] {
  return [flavor?.id, flavor?.name, flavor?.vcpus, flavor?.ram, flavor?.disk];
}

function pairsOf(body: Body, outcome: (typeof OUTCOMES)[number]): string[] {
  return (body[outcome] ?? []).map(({ service_type: type, flavor_id: id }) => `${type} ${id}`);
}

function parseBody(text: string): Body | undefined {
  try {
    return JSON.parse(text) as Body;
  } catch {
    return undefined;
  }
}
