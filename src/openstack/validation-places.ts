import { FairQueue } from '../fairness/fair-queue';
import { keystoneErrors } from './upstream-errors';

/** Of the places, the part that tokens which nobody knows cannot take. */
const RESERVED_PART = 0.25;

export interface ValidationPlacesOptions {
  readonly maxConcurrentRequests: number;
  readonly maxQueuedRequests: number;
}

/** A token that waits for its validation. */
export interface ValidationRequest {
  /** Keystone has called the token valid before. */
  readonly wasValid: boolean;
  /** Where it came from. */
  readonly source: string;
  /** Aborted when nobody waits for the answer any more. */
  readonly abandoned: AbortSignal;
}

interface Waiting {
  enter(): void;
  refuse(error: Error): void;
}

interface Lane {
  readonly queue: FairQueue<Waiting>;
  readonly maxRunning: number;
  running: number;
}

/**
 * Who may ask Keystone about a token now. Anybody can send tokens that are worth nothing, and each costs Keystone tens of
 * milliseconds. So tokens that Keystone has never called valid have a lane of their own, which cannot take all places,
 * and in each lane the sources take turns: whoever floods the service waits behind himself.
 */
export class ValidationPlaces {
  readonly #maxRunning: number;
  /** In the order of their turns. */
  readonly #lanes: Lane[];
  readonly #known: Lane;
  readonly #unknown: Lane;

  constructor({ maxConcurrentRequests, maxQueuedRequests }: ValidationPlacesOptions) {
    const lane = (maxRunning: number): Lane => ({ queue: new FairQueue(maxQueuedRequests), maxRunning, running: 0 });
    this.#maxRunning = maxConcurrentRequests;
    this.#known = lane(maxConcurrentRequests);
    this.#unknown = lane(Math.max(1, maxConcurrentRequests - Math.ceil(maxConcurrentRequests * RESERVED_PART)));
    this.#lanes = [this.#known, this.#unknown];
  }

  /**
   * Waits for a place and then asks. Once it asks it goes on to its end, also when it is abandoned: the answer may be
   * remembered.
   * @throws RegisteredFlavorsError `unavailable` when too many are waiting, or when it is abandoned in the queue
   */
  async execute<T>(request: ValidationRequest, ask: () => Promise<T>): Promise<T> {
    const lane = request.wasValid ? this.#known : this.#unknown;
    if (this.#hasPlace(lane)) lane.running += 1;
    else await this.#wait(lane, request);
    try {
      return await ask();
    } finally {
      lane.running -= 1;
      this.#letNextIn();
    }
  }

  #hasPlace(lane: Lane): boolean {
    return this.#known.running + this.#unknown.running < this.#maxRunning && lane.running < lane.maxRunning;
  }

  #wait({ queue }: Lane, { source, abandoned }: ValidationRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        if (queue.remove(source, waiting)) reject(tooLate());
      };
      const waiting: Waiting = {
        enter: () => {
          abandoned.removeEventListener('abort', leave);
          resolve();
        },
        refuse: (error) => {
          abandoned.removeEventListener('abort', leave);
          reject(error);
        },
      };
      abandoned.addEventListener('abort', leave);
      queue.add(source, waiting)?.refuse(tooMany());
    });
  }

  #letNextIn(): void {
    for (const lane of [...this.#lanes]) {
      const next = this.#hasPlace(lane) ? lane.queue.take() : undefined;
      if (next === undefined) continue;
      lane.running += 1;
      this.#lanes.push(...this.#lanes.splice(this.#lanes.indexOf(lane), 1)); // the other one's turn
      next.enter();
      return;
    }
  }
}

function tooMany(): Error {
  return keystoneErrors.unavailable('Too many tokens are waiting for Keystone to validate them. Try again later.');
}

function tooLate(): Error {
  return keystoneErrors.timedOut('Keystone was not asked about the token in time: too many others are.');
}
