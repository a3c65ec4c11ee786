import type { Request } from 'express';

/** A list of the path, split and decoded by the contract's validator. */
export function pathList(request: Request, name: 'serviceTypes' | 'flavorIDs'): readonly string[] {
  const values: unknown = request.params[name];
  if (!Array.isArray(values)) throw new Error(`the contract's validator did not read the path parameter ${name}`);
  return values.map(String);
}

/** A query parameter that the contract has as one text; undefined when it was not sent. */
export function queryText(request: Request, name: string): string | undefined {
  const value = request.query[name];
  if (value !== undefined && typeof value !== 'string') throw new Error(`the contract let ${name} through as a list`);
  return value;
}
