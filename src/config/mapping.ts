/** The variables that a process was given, those of `.env` among them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** A mapping of YAML or JSON. */
export type Mapping = Readonly<Record<string, unknown>>;

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Nothing, or null: it is read as an empty text. */
export function isUnset(value: unknown): boolean {
  return value === undefined || value === '';
}

/** The second mapping over the first, mappings in them as well. What the second leaves unset stays. */
export function merge(base: unknown, over: unknown): unknown {
  if (isUnset(over)) return isUnset(base) ? undefined : base;
  if (!isMapping(base) || !isMapping(over)) return over;
  const keys = new Set([...Object.keys(base), ...Object.keys(over)]);
  return Object.fromEntries([...keys].map((key) => [key, merge(valueOf(base, key), valueOf(over, key))]));
}

/** What somebody wrote: every object of JavaScript has a `toString` besides. */
export function valueOf(mapping: Mapping, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}
