import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import { SingleFlight } from '../fairness/single-flight';
import type { CallContext } from '../registrations/caller';
import type { ReasonToAsk } from '../registrations/flavor-directory';
import type { Read } from '../registrations/read';
import type { RegistryVersion } from '../registrations/registration-store';
import { type ResponseBody, toResponseBody } from './response-body';

/** As of when a response is. */
export interface AsOf {
  /** `RegistrationStore.revision` */
  readonly registry: number;
  /** `RegistrationStore.version` */
  readonly version: RegistryVersion;
  /** `FlavorDirectory.revision` */
  readonly details: number;
  /** From when until when; milliseconds since 1970-01-01T00:00:00Z. A clock that is set back may lead before it. */
  readonly goodFrom: number;
  readonly goodUntil: number;
  /** Until when what it shows is fresh; that is later, or never, where what it hides is older. */
  readonly shownUntil: number;
}

export interface CachedResponse extends Partial<ResponseBody> {
  readonly etag: string;
  readonly asOf: AsOf;
  readonly askedFor: ReasonToAsk;
}

/** What responses are made of, and what it is known by that they hold. */
export interface ResponseSources {
  readonly store: { revision(): number; version(): RegistryVersion };
  readonly flavors: { readonly revision: number };
  readonly clock: Clock;
}

export interface ResponseCacheOptions {
  /** How much all that is kept may take in memory. */
  readonly maxBytes: number;
  /** Where large reads wait, by caller, until they may run. */
  readonly slots: { execute<T>(key: string, work: () => Promise<T>, signal: AbortSignal): Promise<T> };
  /** Throws when a caller's responses take too much already. */
  readonly requireRoom: (userId: string) => void;
}

interface Entry {
  readonly etag: string;
  readonly asOf: AsOf;
}

/** As of when a read begins. */
type Revisions = Pick<AsOf, 'registry' | 'details'>;

/** Writes the JSON text of a result, in pieces that each take a few milliseconds. */
export type Render<T> = (result: T) => Iterable<string> | AsyncIterable<string>;

/** What a request wants of the response to its read. */
export interface WantedResponse<T> {
  readonly render: Render<T>;
  /** Whether the body is wanted, given its ETag. */
  readonly needsBody: (etag: string) => boolean;
  /** Waits for the response as long as the client does. */
  readonly wait: (made: Promise<CachedResponse>) => Promise<CachedResponse>;
}

/** What an entry takes in memory beside its key, roughly. */
const BYTES_OF_AN_ENTRY = 512;
const PART_FOR_ENTRIES = 1 / 8;

/**
 * Keeps the responses to reads with their ETags, the least used ones only as far as the bound allows. A response is given
 * again while the registry and what Nova said are as they were. Equal bodies are kept once, whatever was asked.
 */
export class ResponseCache {
  readonly #entries: LRUCache<string, Entry>;
  readonly #bodies: LRUCache<string, Buffer>;
  readonly #flights = new SingleFlight<CachedResponse>();
  readonly #maxBodyBytes: number;

  constructor(
    private readonly sources: ResponseSources,
    private readonly options: ResponseCacheOptions,
  ) {
    const forEntries = Math.floor(options.maxBytes * PART_FOR_ENTRIES);
    this.#maxBodyBytes = options.maxBytes - forEntries;
    const bytesOfEntry = (_: Entry, key: string): number => 2 * key.length + BYTES_OF_AN_ENTRY;
    this.#entries = new LRUCache({ maxSize: forEntries, sizeCalculation: bytesOfEntry });
    this.#bodies = new LRUCache({ maxSize: this.#maxBodyBytes, sizeCalculation: (body) => Math.max(1, body.length) });
  }

  /**
   * The response to a read: as it was last time, or made now. A caller's equal reads at the same time run once, for as
   * long as one of them is waited for.
   * @throws whatever the read throws; HttpFault `overloaded` when the caller's responses take too much already
   */
  get<T>(
    read: Read<T>,
    call: CallContext,
    { render, needsBody, wait }: WantedResponse<T>,
  ): CachedResponse | Promise<CachedResponse> {
    const revisions = { registry: this.sources.store.revision(), details: this.sources.flavors.revision };
    const known = this.#entries.get(read.key);
    if (known !== undefined && this.#isCurrent(known.asOf, revisions)) {
      const body = this.#bodies.get(known.etag);
      if (body !== undefined || !needsBody(known.etag)) return { ...known, ...(body && { body }), askedFor: 'nothing' };
    }
    const key = `${call.caller.userId} ${revisions.registry} ${revisions.details} ${read.key}`;
    const make = (abandoned: AbortSignal) => this.#run(revisions, read, sharedCall(call, abandoned), render);
    return this.#flights.join(key, make, wait);
  }

  #isCurrent(asOf: AsOf, { registry, details }: Revisions): boolean {
    if (asOf.registry !== registry || asOf.details !== details) return false;
    const now = this.sources.clock.now();
    return now >= asOf.goodFrom && now < asOf.goodUntil;
  }

  async #run<T>(revisions: Revisions, read: Read<T>, call: CallContext, render: Render<T>): Promise<CachedResponse> {
    const { userId } = call.caller;
    const make = async (): Promise<CachedResponse> => {
      await call.nextTurn(); // behind what had to be done for the request so far, much for the first ones after a start
      call.signal.throwIfAborted();
      this.options.requireRoom(userId); // before anything is done for a response that would not be sent
      // Before the read itself: what changes in between is noticed next time.
      const began = { ...revisions, version: this.sources.store.version(), goodFrom: this.sources.clock.now() };
      const { result, goodUntil, shown } = await read.run(call);
      const made = await toResponseBody(render(result), call.nextTurn);
      return this.#keep(read.key, made, { ...began, goodUntil, shownUntil: shown.goodUntil }, shown.askedFor);
    };
    return (await read.isLarge()) ? this.options.slots.execute(userId, make, call.signal) : make();
  }

  #keep(key: string, { body, etag }: ResponseBody, asOf: AsOf, askedFor: ReasonToAsk): CachedResponse {
    this.#entries.set(key, { etag, asOf });
    const known = this.#bodies.get(etag);
    if (known === undefined) this.#bodies.set(etag, body);
    return { etag, asOf, askedFor, body: known ?? body };
  }
}

/** The call of all who wait for one read. Field by field: a request's context has getters, which a spread would leave out. */
function sharedCall(call: CallContext, signal: AbortSignal): CallContext {
  const { caller, requestId, globalRequestId, inboundGlobalRequestId, nextTurn } = call;
  return { caller, requestId, globalRequestId, inboundGlobalRequestId, nextTurn, signal };
}
