import { type BulkheadPolicy, BulkheadRejectedError, bulkhead } from 'cockatiel';
import { keystoneErrors } from './upstream-errors';

/** Of the places, the part that tokens which nobody knows cannot take. */
const RESERVED_PART = 0.25;

export interface ValidationPlacesOptions {
  readonly maxConcurrentRequests: number;
  readonly maxQueuedRequests: number;
}

/**
 * Who may ask Keystone about a token now. Anybody can send tokens that are worth nothing, and each costs Keystone tens of
 * milliseconds: they wait in a queue of their own, and tokens that were valid when they were last asked about pass it.
 */
export class ValidationPlaces {
  private readonly all: BulkheadPolicy;
  private readonly unknown: BulkheadPolicy;

  constructor({ maxConcurrentRequests, maxQueuedRequests }: ValidationPlacesOptions) {
    const reserved = Math.ceil(maxConcurrentRequests * RESERVED_PART);
    this.all = bulkhead(maxConcurrentRequests, maxQueuedRequests);
    this.unknown = bulkhead(Math.max(1, maxConcurrentRequests - reserved), maxQueuedRequests);
  }

  /**
   * Waits for a place and then asks.
   * @throws RegisteredFlavorsError `unavailable` when too many are waiting
   */
  async execute<T>({ wasValid }: { readonly wasValid: boolean }, ask: () => Promise<T>): Promise<T> {
    try {
      return await (wasValid ? this.all.execute(ask) : this.unknown.execute(() => this.all.execute(ask)));
    } catch (error) {
      if (!(error instanceof BulkheadRejectedError)) throw error;
      throw keystoneErrors.unavailable('Too many tokens are waiting for Keystone to validate them. Try again later.');
    }
  }
}
