/** A query parameter, written out: none where there is no value. */
export function one(name: string, value: string | number | boolean | undefined): string[] {
  return value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`];
}

/** A list, with bare commas between its items: what is inside of an item is encoded. */
export function list(name: string, values: readonly string[] | undefined): string[] {
  return values === undefined ? [] : [`${name}=${values.map((value) => encodeURIComponent(value)).join(',')}`];
}

/** The query of these parameters, "?" first; "" for none. */
export function joined(parameters: readonly string[]): string {
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}
