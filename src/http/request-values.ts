import type { Query, Target } from './target';

/** A list of the path, split and decoded by the contract's validator. */
export function pathList({ params }: Target, name: 'serviceTypes' | 'flavorIDs'): readonly string[] {
  const values: unknown = params[name];
  if (!Array.isArray(values)) throw new Error(`the contract's validator did not read the path parameter ${name}`);
  return values.map(String);
}

/** A query parameter that the contract has as a list; undefined when it was not sent. */
export function queryList(query: Query, name: string): readonly string[] | undefined {
  const value: unknown = query[name];
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) throw new Error(`the contract's validator did not read the query parameter ${name}`);
  return value.map(String);
}

/** A query parameter that the contract has as a whole number, and has checked; undefined when it was not sent. */
export function queryNumber(query: Query, name: string): number | undefined {
  const value: unknown = query[name];
  return value === undefined ? undefined : Number(value);
}

/** A query parameter that the contract has as true or false, and has checked; undefined when it was not sent. */
export function queryBoolean(query: Query, name: string): boolean | undefined {
  const value: unknown = query[name];
  return value === undefined ? undefined : value === true || value === 'true';
}

/** A query parameter that the contract has as one text; undefined when it was not sent. */
export function queryText(query: Query, name: string): string | undefined {
  const value = query[name];
  if (value !== undefined && typeof value !== 'string') throw new Error(`the contract let ${name} through as a list`);
  return value;
}

/** Whether only a preview of a write is wanted. */
export function isDryRun({ query }: Target): boolean {
  return queryBoolean(query, 'dry_run') ?? false;
}
