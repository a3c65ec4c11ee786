import type { WireRequest } from '../support/wire';

/** What brings a status about; the operation's own method and path stand in front. */
export type Way = () => Partial<WireRequest> | Promise<Partial<WireRequest>>;

/** The same ways to an operation that takes a body; and 413, when it is too large. */
export function carryingBody(
  ways: Readonly<Record<string, Way>>,
  body: unknown,
  sent: Record<string, string> = {},
): Record<string, Way> {
  const text = JSON.stringify(body);
  const its = { 'Content-Type': 'application/json', 'Content-Length': String(text.length), ...sent };
  const all: Record<string, Way> = { ...ways, 413: () => ({ headers: { 'Content-Length': String(1024 * 1024 + 1) } }) };
  const carrying =
    (way: Way): Way =>
    async () => {
      const request = await way();
      const isSent = request.unfinished !== true && request.headers?.['Content-Length'] === undefined;
      return isSent ? { body: text, ...request, headers: { ...its, ...request.headers } } : request;
    };
  return Object.fromEntries(Object.entries(all).map(([status, way]) => [status, carrying(way)]));
}
