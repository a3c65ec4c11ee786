import type { ErrorCode, Problem } from '../errors';
import { FLAVOR_ID_PATTERN, FLAVOR_ID_RULE } from '../registrations/flavor-id';
import { FLAVOR_STATUSES } from '../registrations/read-request';
import { SERVICE_TYPE_PATTERN, SERVICE_TYPE_RULE } from '../registrations/service-type';

/** What the items of a list have to be: what a bad one is called, and what a good one looks like. */
export interface ItemRule {
  readonly code: ErrorCode;
  readonly pattern: RegExp;
  readonly rule: string;
}

export const SERVICE_TYPES: ItemRule = {
  code: 'registered-flavors.service_type.invalid',
  pattern: SERVICE_TYPE_PATTERN,
  rule: SERVICE_TYPE_RULE,
};
export const FLAVOR_IDS: ItemRule = {
  code: 'registered-flavors.flavor_id.invalid',
  pattern: FLAVOR_ID_PATTERN,
  rule: FLAVOR_ID_RULE,
};

/** The lists of paths, queries and bodies. */
const LISTS: Readonly<Record<string, ItemRule>> = {
  serviceTypes: SERVICE_TYPES,
  flavorIDs: FLAVOR_IDS,
  service_types: SERVICE_TYPES,
  flavor_ids: FLAVOR_IDS,
  status: {
    code: 'registered-flavors.request.invalid',
    pattern: new RegExp(`^(${FLAVOR_STATUSES.join('|')})$`),
    rule: `A status is one of ${FLAVOR_STATUSES.join(', ')}.`,
  },
};

const QUOTED_CHARACTERS = 80;
/** Beyond this many the caller has understood. */
const MOST_PROBLEMS = 100;
/** Beyond this many it does not matter how many more there are. */
export const MOST_COUNTED = 1000;

/** Every bad item of the lists among some values, by their names. */
export function* describeBadLists(values: Readonly<Record<string, unknown>>): Iterable<Problem> {
  for (const [name, rule] of Object.entries(LISTS)) {
    if (Object.hasOwn(values, name)) yield* describeBadItems(rule, name, values[name]);
  }
}

/**
 * The validator stops at the first bad item of a list; whoever mends a list wants to know them all. One by one, since a
 * body may have half a million.
 */
export function* describeBadItems(rule: ItemRule, name: string, values: unknown): Iterable<Problem> {
  if (!Array.isArray(values)) return;
  for (const [index, value] of (values as unknown[]).entries()) {
    if (!isGoodItem(rule, value)) yield badItem(rule, name, index, value);
  }
}

/** Whether an item of a list is as it should be. */
export function isGoodItem({ pattern }: ItemRule, value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}

/** What is wrong with an item of a list. */
export function badItem({ code, rule }: ItemRule, name: string, index: number, value: unknown): Problem {
  if (typeof value !== 'string') return noString(name, index, value);
  const what = value === '' ? 'is empty' : `is "${quote(value)}"`;
  return { code, detail: `Item ${index + 1} of ${name} ${what}. ${rule}` };
}

function noString(name: string, index: number, value: unknown): Problem {
  // Any other number may have been written in another way: its digits would name another flavor.
  const isExact = Number.isSafeInteger(value) && !Object.is(value, -0);
  const what = isExact ? String(value) : kindOf(value);
  const wanted = isExact ? `a string: "${String(value)}"` : 'a string';
  return {
    code: 'registered-flavors.body.invalid',
    detail: `Item ${index + 1} of ${name} is ${what}, and has to be ${wanted}.`,
  };
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

/** The first ones, and how many more there are instead of what they are. */
export function abridge(problems: Iterable<Problem>): Problem[] {
  const told: Problem[] = [];
  for (const problem of problems) {
    told.push(problem);
    if (told.length > MOST_COUNTED) break;
  }
  const last = told[MOST_PROBLEMS];
  if (last === undefined) return told;
  const more = told.length > MOST_COUNTED ? 'Many' : String(told.length - MOST_PROBLEMS + 1);
  return [...told.slice(0, MOST_PROBLEMS - 1), { ...last, detail: `${more} more things are wrong.` }];
}

/** As much of what a client sent as it needs to find it again. */
export function quote(value: string): string {
  return value.length > QUOTED_CHARACTERS ? `${value.slice(0, QUOTED_CHARACTERS)}...` : value;
}
