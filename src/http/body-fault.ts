import type { Request } from 'express';
import type { Problem } from '../errors';
import { nearestName } from '../registrations/nearest-name';
import { describeBadLists, quote } from './bad-items';
import { bodySchemaOf, type Contract, type Schema, schemaOf } from './contract';

/** What the validator says. */
export interface ValidatorError {
  /** `/body/selector/min_ram` */
  readonly path: string;
  readonly message: string;
}

/** What is wrong with a body: every unknown attribute and every bad item, or else what the validator stopped at. */
export function* describeBody(
  request: Request,
  contract: Contract,
  errors: readonly ValidatorError[],
): Iterable<Problem> {
  const body: unknown = request.body;
  let isDescribed = false;
  for (const problems of [describeUnknown(body, contract, bodySchemaOf(contract, request)), describeLists(body)]) {
    for (const problem of problems) {
      isDescribed = true;
      yield problem;
    }
  }
  if (!isDescribed) yield* errors.map(describe);
}

function* describeUnknown(value: unknown, contract: Contract, schema: Schema, where = ''): Iterable<Problem> {
  const { properties } = schema;
  if (!isObject(value) || properties === undefined) return;
  const known = Object.keys(properties);
  for (const [name, inner] of Object.entries(value)) {
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property === undefined) yield unknownAttribute(name, known, where);
    else yield* describeUnknown(inner, contract, schemaOf(contract, property), name);
  }
}

/** What is wrong with an attribute that is not known. */
export function unknownAttribute(name: string, known: readonly string[], where = ''): Problem {
  const meant = nearestName(name, known);
  const hint = meant === undefined ? `It takes: ${known.join(', ')}.` : `Did you mean "${meant}"?`;
  return {
    code: 'registered-flavors.attribute.unknown',
    detail: `${named(where)} has an attribute "${quote(name)}" that is not known here. ${hint}`,
  };
}

/** The lists of all bodies: those that this one does not have are unknown to it, and told of as such. */
function* describeLists(body: unknown): Iterable<Problem> {
  if (isObject(body)) yield* describeBadLists(body);
}

const PAIR = 'must have service_types, and either flavor_ids or selector';

/** What the validator says, in words that go on from the attribute's name. */
const WORDS: readonly [RegExp, string][] = [
  [/^must have required property '(.*)'$/, 'must be given'],
  [/^must NOT have (fewer|more) than 2 properties$/, PAIR],
  [/^must NOT have fewer than 1 properties$/, 'must not be empty'],
  [/^must NOT have more than (\d+) properties$/, 'must have up to $1 attributes'],
  [/^must NOT have fewer than 1 items$/, 'must not be empty'],
  [/^must NOT have fewer than 1 characters$/, 'must not be empty'],
  [/^must NOT have more than (\d+) characters$/, 'must have up to $1 characters'],
  [/^must be integer$/, 'must be an integer'],
  [/^must be array$/, 'must be an array'],
  [/^must be object$/, 'must be an object: {...}'],
  [/^must be string$/, 'must be a string'],
  [/^must be boolean$/, 'must be true or false'],
  [/^must be >= /, 'must be at least '],
  [/^must be <= /, 'must be at most '],
];

function describe({ path, message }: ValidatorError): Problem {
  const name = path.replace(/^\/body\/?/, '').replaceAll('/', '.');
  const known = WORDS.find(([pattern]) => pattern.test(message));
  const wanted = known === undefined ? message : message.replace(...known);
  return {
    code: 'registered-flavors.body.invalid',
    detail: `${named(name)} ${wanted}.`,
  };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Of the body, as the beginning of a sentence. */
function named(attribute: string): string {
  return attribute === '' ? 'The body' : `The body's ${quote(attribute)}`;
}
