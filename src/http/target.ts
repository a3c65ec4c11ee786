import type { Request } from 'express';

/** The query of a request: taken once, for each look at `request.query` costs as much as all that is made of it. */
export type Query = Request['query'];

/** What a request target (RFC 9110, 7.1) means by the contract: its operation, and its parameters as they were checked. */
export class Target {
  #read: unknown;

  constructor(
    readonly operationId: string,
    /** The path as the contract has it. */
    readonly route: string,
    readonly params: Request['params'],
    readonly query: Query,
  ) {}

  /** What is read of the parameters, once for the life of this target: `read` is always the same function. */
  once<T>(read: (target: Target) => T): T {
    return (this.#read ??= read(this)) as T;
  }
}
