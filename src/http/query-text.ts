/** A query parameter, written out: none where there is no value. */
export function one(name: string, value: string | number | boolean | undefined): string[] {
  return value === undefined ? [] : [`${name}=${encode(value)}`];
}

/** A list, with bare commas between its items: what is inside of an item is encoded. */
export function list(name: string, values: readonly string[] | undefined): string[] {
  return values === undefined ? [] : [`${name}=${values.map(encode).join(',')}`];
}

/** The query of these parameters, "?" first; "" for none. */
export function joined(parameters: readonly string[]): string {
  return parameters.length === 0 ? '' : `?${parameters.join('&')}`;
}

/** With its colons, which a query may have: times and extra specs are full of them. */
function encode(value: string | number | boolean): string {
  return encodeURIComponent(value).replaceAll('%3A', ':');
}
