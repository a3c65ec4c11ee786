import { type SQL, sql } from 'drizzle-orm';

/**
 * A list as the statements take it: one JSON array is one bound variable instead of thousands, of which SQLite takes
 * 32,766, and makes one statement do for lists of any length.
 */
export function jsonList(items: readonly string[]): string {
  return JSON.stringify(items);
}

/** The items of a list that is bound under this name. */
export function listed(placeholder: string): SQL {
  return sql`(SELECT value FROM json_each(${sql.placeholder(placeholder)}))`;
}
