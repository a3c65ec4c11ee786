import type { Problem } from '../errors';

/** What HTTP itself refuses: what is wrong with a request before the domain hears of it, and a server that stops. */
export type HttpFaultKind =
  | 'malformed'
  | 'path not found'
  | 'method not allowed'
  | 'version not acceptable'
  | 'request timed out'
  | 'body too large'
  | 'uri too long'
  | 'media type unsupported'
  | 'headers too large'
  | 'stopping'
  | 'not ready'
  | 'overloaded';

/** A request that HTTP itself refuses. The domain's own failures are `RegisteredFlavorsError`. */
export class HttpFault extends Error {
  readonly kind: HttpFaultKind;
  readonly problems: readonly Problem[];
  /** Headers that go with the answer, such as Allow. */
  readonly headers: Readonly<Record<string, string>>;
  /** Members that go into each error entry, such as max_version. */
  readonly members: Readonly<Record<string, string>>;

  constructor(
    kind: HttpFaultKind,
    problems: Problem | readonly Problem[],
    extra: { headers?: Record<string, string>; members?: Record<string, string> } = {},
  ) {
    super(kind);
    this.name = 'HttpFault';
    this.kind = kind;
    this.problems = 'code' in problems ? [problems] : problems;
    this.headers = extra.headers ?? {};
    this.members = extra.members ?? {};
  }
}
