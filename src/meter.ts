import type { ErrorCode } from './errors';

/** A request that was answered, or whose client has gone. */
export interface ServedRequest {
  /** The operationId of the contract; `none` when it came to none. */
  readonly operation: string;
  readonly status: number | 'client gone';
  readonly seconds: number;
  /** Of the error that it was answered with. */
  readonly errorCode: ErrorCode | undefined;
}

/** One try towards Keystone or Nova. */
export interface UpstreamTry {
  readonly service: 'Keystone' | 'Nova';
  /** The status, or why there was none. */
  readonly outcome: string;
  readonly seconds: number;
  readonly globalRequestId: string;
}

/** A read of flavors. */
export interface FlavorRead {
  readonly result: 'hit' | 'miss' | 'stale' | 'stale if error';
  /** How old the oldest of the shown details is; 0 when none is shown. */
  readonly ageSeconds: number;
}

/**
 * What is counted while the service works, told by those who know. Whatever becomes a label has few values: none is an id,
 * an address or a text of a caller.
 */
export interface Meter {
  served(request: ServedRequest): void;
  asked(attempt: UpstreamTry): void;
  read(read: FlavorRead): void;
  /** Refused: Keystone does not take the service's own user. */
  tokenRenewed(outcome: 'ok' | 'failed' | 'refused'): void;
  /** How many requests went to Nova under this id since it was last asked for: for the log line of that request. */
  takeNovaRequests(globalRequestId: string): number;
}
