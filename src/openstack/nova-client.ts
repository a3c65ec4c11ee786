import { type BulkheadPolicy, bulkhead } from 'cockatiel';
import { z } from 'zod';
import { RegisteredFlavorsError } from '../errors';
import type { Flavor } from '../registrations/flavor';
import type { FlavorId } from '../registrations/flavor-id';
import type { NovaPlace } from '../registrations/kept-flavors';
import { readNovaFlavor } from './nova-flavor';
import { describeWrongFields, NO_ACCESS_LISTS, TOKEN_REFUSED } from './nova-policies';
import { headersFor, type NovaCall, type NovaSession, type NovaSessions } from './nova-session';
import { PageSize } from './page-size';
import type { Upstream } from './upstream';
import type { UpstreamAnswer } from './upstream-answer';

/** Of all requests at once, this part at the most is for what may wait. */
const SHARE_BEHIND = 0.75;

/** One page of `flavors/detail`. */
export interface FlavorPage {
  readonly flavors: readonly ListedFlavor[];
  readonly hasNext: boolean;
  readonly bytes: number;
}

/** A flavor of a list; an error instead, when Nova's description of it makes no sense: the others are good still. */
export interface ListedFlavor {
  readonly id: FlavorId;
  readonly flavor: Flavor | RegisteredFlavorsError;
}

const hasId = (value: unknown): value is { id: string } => {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
};
const flavorDocument = z.object({ flavor: z.custom<{ id: string }>(hasId) });
const pageDocument = z.object({
  flavors: z.array(z.custom<{ id: string }>(hasId)), // no more than that: zod would copy what it knows
  flavors_links: z.array(z.object({ rel: z.string() })).optional(),
});
const accessDocument = z.object({
  flavor_access: z.array(z.object({ flavor_id: z.string(), tenant_id: z.string() })),
});
const itemNotFound = z.object({ itemNotFound: z.object({}) });
const markerNotFound = z.object({ badRequest: z.object({ message: z.string().regex(/^marker [^]* not found/i) }) });

/** A call that leaves a quarter of the places to others. */
export interface NovaCallBehind extends NovaCall {
  readonly isBehind?: boolean;
}

/** Nova's flavors, read only: this class has no way to write. */
export class NovaClient {
  /** How many requests of calls that leave places to others are sent at once. */
  readonly concurrentBehind: number;
  private readonly places: BulkheadPolicy;
  private readonly placesBehind: BulkheadPolicy;
  private readonly pageSize = new PageSize();

  constructor(
    private readonly upstream: Upstream,
    private readonly sessions: NovaSessions,
    maxConcurrentRequests: number,
  ) {
    this.places = bulkhead(maxConcurrentRequests, Infinity);
    this.concurrentBehind = Math.max(1, Math.floor(maxConcurrentRequests * SHARE_BEHIND));
    this.placesBehind = bulkhead(this.concurrentBehind, Infinity);
  }

  /** Whether Nova does not work at this moment, so that nothing is sent to it. */
  get isAway(): boolean {
    return this.upstream.isAway;
  }

  /** Which Nova is asked; undefined before it was. */
  get place(): NovaPlace | undefined {
    return this.sessions.place;
  }

  /** Makes sure that Nova can be asked at all, so that a start can say how things are. */
  async discover(call: NovaCall): Promise<NovaSession> {
    return this.sessions.open(call);
  }

  /**
   * One flavor; undefined when Nova says it does not exist. Nova on MySQL or MariaDB finds `MixedCase` when asked for
   * `mixedcase`, and ignores trailing spaces: that, too, means that the id asked for does not exist.
   * @param flavorId none of those that cannot be part of a path ({@link UNREACHABLE_BY_PATH})
   * @throws RegisteredFlavorsError
   */
  async getFlavor(flavorId: FlavorId, call: NovaCallBehind): Promise<Flavor | undefined> {
    const answer = await this.get(`/flavors/${encodeURIComponent(flavorId)}`, call);
    if (answer.status === 404 && itemNotFound.safeParse(answer.json).success) return undefined;
    const document = flavorDocument.safeParse(answer.json);
    if (answer.status !== 200 || !document.success) throw this.unexpected(answer, 'a flavor');
    const { flavor } = document.data;
    if (flavor.id === flavorId) return this.readOrThrow(flavor);
    if (looseForm(flavor.id) === looseForm(flavorId)) return undefined;
    // No id in any text: the caller who hears it may be one who must not know that this flavor is registered.
    throw this.upstream.errors.answeredBadly('Nova sent another flavor than the one that it was asked for.');
  }

  /**
   * The projects that may use a private flavor; undefined when Nova does not say: it is public, or gone.
   * @param flavorId none of those that cannot be part of a path ({@link UNREACHABLE_BY_PATH})
   * @throws RegisteredFlavorsError
   */
  async getFlavorAccess(flavorId: FlavorId, call: NovaCallBehind): Promise<ReadonlySet<string> | undefined> {
    const answer = await this.get(`/flavors/${encodeURIComponent(flavorId)}/os-flavor-access`, call);
    if (answer.status === 404 && itemNotFound.safeParse(answer.json).success) return undefined;
    if (answer.status === 403) throw this.upstream.errors.unavailable(NO_ACCESS_LISTS);
    const document = accessDocument.safeParse(answer.json);
    if (answer.status !== 200 || !document.success) throw this.unexpected(answer, 'the access to a flavor');
    const entries = document.data.flavor_access;
    return new Set(entries.filter((entry) => entry.flavor_id === flavorId).map((entry) => entry.tenant_id));
  }

  /**
   * One page of all flavors, in Nova's own order, private and disabled ones included; as many as fit into one answer.
   * @param marker the last id of the page before
   * @returns undefined when Nova does not know the marker: its flavor was deleted meanwhile
   * @throws RegisteredFlavorsError
   */
  async listFlavors(marker: FlavorId | undefined, call: NovaCallBehind): Promise<FlavorPage | undefined> {
    return this.pageSize.ask((limit) => this.listSome(limit, marker, call));
  }

  private async listSome(
    limit: number,
    marker: FlavorId | undefined,
    call: NovaCallBehind,
  ): Promise<FlavorPage | undefined> {
    const after = marker === undefined ? '' : `&marker=${encodeURIComponent(marker)}`;
    const answer = await this.get(`/flavors/detail?is_public=None&limit=${limit}${after}`, call);
    if (marker !== undefined && answer.status === 400 && markerNotFound.safeParse(answer.json).success) {
      return undefined;
    }
    const document = pageDocument.safeParse(answer.json);
    if (answer.status !== 200 || !document.success) throw this.unexpected(answer, 'a list of flavors');
    const { flavors, flavors_links: links = [] } = document.data;
    return {
      flavors: flavors.map((flavor) => ({ id: flavor.id, flavor: this.read(flavor) })),
      hasNext: links.some(({ rel }) => rel === 'next'),
      bytes: answer.bytes,
    };
  }

  private async get(pathAndQuery: string, call: NovaCallBehind): Promise<UpstreamAnswer> {
    if (call.isBehind === true) return this.placesBehind.execute(() => this.getNow(pathAndQuery, call));
    return this.getNow(pathAndQuery, call);
  }

  private async getNow(pathAndQuery: string, call: NovaCall): Promise<UpstreamAnswer> {
    return this.places.execute(async () => {
      for (let attempt = 0; attempt < 2; attempt += 1) {
        if (call.signal.aborted) throw this.outOfTime(); // given up while it waited: no login, no request
        const session = await this.sessions.open(call);
        const url = session.root + pathAndQuery;
        const answer = await this.upstream.request({ method: 'GET', url, headers: headersFor(session), ...call });
        if (answer.status === 406) this.sessions.forgetVersions();
        if (answer.status !== 401) return answer;
        this.sessions.refuse(session);
      }
      throw this.upstream.errors.unavailable(TOKEN_REFUSED);
    });
  }

  private read(json: unknown): Flavor | RegisteredFlavorsError {
    const flavor = readNovaFlavor(json);
    if (!('wrong' in flavor)) return flavor;
    return this.upstream.errors.answeredBadly(describeWrongFields(flavor.wrong));
  }

  private readOrThrow(json: unknown): Flavor {
    const flavor = this.read(json);
    if (flavor instanceof RegisteredFlavorsError) throw flavor;
    return flavor;
  }

  private outOfTime(): Error {
    return this.upstream.errors.timedOut('Nova did not give all that was asked before the deadline.');
  }

  private unexpected(answer: UpstreamAnswer, wanted: string): Error {
    const { errors } = this.upstream;
    if (answer.status === 403)
      return errors.unavailable(`Nova does not let this service's own user read ${wanted} (403).`);
    return errors.answeredBadly(`Nova answered ${answer.status} where ${wanted} was asked, with something unexpected.`);
  }
}

/** MySQL's and MariaDB's idea of when two ids are the same. */
function looseForm(flavorId: FlavorId): string {
  return flavorId.toLowerCase().replace(/ +$/, '');
}
