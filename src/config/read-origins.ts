/** What may stand behind the scheme. `*` and `;` are none of it, though a URL's host may have them. */
const HOST_AND_PORT = /^(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::\d+)?$/;

/** The origins of a list that is separated by commas, and what is wrong with its other entries. */
export interface Origins {
  readonly origins: readonly string[];
  readonly mistakes: readonly string[];
}

/**
 * Reads origins as browsers send them (RFC 6454, 6.2): scheme, host, and the port where it is not the scheme's own. Only
 * upper case is forgiven, for a browser compares letter by letter: an origin that is written otherwise would never match.
 * A mistake never repeats what was given, which may hold a password.
 */
export function readOrigins(list: string): Origins {
  const origins = new Set<string>();
  const mistakes: string[] = [];
  for (const [index, entry] of list.split(',').entries()) {
    const given = entry.trim().toLowerCase();
    const mistake = mistakeIn(given);
    if (mistake === undefined) origins.add(given);
    else
      mistakes.push(`must be origins like https://portal.example, separated by commas. Entry ${index + 1} ${mistake}`);
  }
  return { origins: [...origins], mistakes };
}

function mistakeIn(given: string): string | undefined {
  if (given === '') return 'is empty';
  if (given.includes('*')) return 'has a wildcard: name each origin';
  if (given === 'null') return 'is "null", which any page can have for its origin';
  const url = parse(given);
  if (url === undefined) return 'is none: it begins with http:// or https://, and a host and perhaps a port follow';
  return url.origin === given ? undefined : `should be ${url.origin}`;
}

function parse(given: string): URL | undefined {
  const text = given.includes('://') || /^https?:/.test(given) ? given : `https://${given}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && HOST_AND_PORT.test(url.host) ? url : undefined;
}
