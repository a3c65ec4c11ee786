import { headerOf, type StubRequest } from './stub-http';

/** A microversion; the major number is 2 wherever it is supported. */
export interface Microversion {
  major: number;
  minor: number;
}

/** The lowest microversion, which is also what a request without any gets. */
export const lowest: Microversion = { major: 2, minor: 1 };

/** The microversion in this text; throws when it is malformed. */
export function readMicroversion(text: string): Microversion {
  const version = parseMicroversion(text);
  if (version === undefined) throw new Error(`${text} is no microversion`);
  return version;
}

function parseMicroversion(text: string): Microversion | undefined {
  const match = /^([1-9]\d*)\.([1-9]\d*|0)$/.exec(text);
  return match === null ? undefined : { major: Number(match[1]), minor: Number(match[2]) };
}

/** The text of a microversion. */
export function renderMicroversion({ major, minor }: Microversion): string {
  return `${major}.${minor}`;
}

/** Whether it lies between Nova's lowest and this highest one. */
export function isSupported({ major, minor }: Microversion, highest: Microversion): boolean {
  return major === lowest.major && minor >= lowest.minor && minor <= highest.minor;
}

/** The microversion the request asks for, or the text that is none. The new header wins over Nova's own. */
export function askedMicroversion(request: StubRequest, highest: Microversion): Microversion | string {
  const asked = newHeader(request) ?? headerOf(request, 'X-OpenStack-Nova-API-Version')?.trim();
  if (asked === undefined) return lowest;
  if (asked === 'latest') return highest;
  return parseMicroversion(asked) ?? asked;
}

function newHeader(request: StubRequest): string | undefined {
  for (const part of headerOf(request, 'OpenStack-API-Version')?.split(',') ?? []) {
    const [service, version] = part.trim().split(/\s+/, 2);
    if (service === 'compute') return version;
  }
  return undefined;
}
