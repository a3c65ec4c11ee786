import { z } from 'zod';
import { type Clock, Countdown } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import type { NovaPlace } from '../registrations/kept-flavors';
import { type ComputeEndpointChoice, findComputeEndpoint } from './compute-endpoint';
import { negotiateMicroversion, novaRoot } from './nova-version';
import { ADMIN_POLICY, TOKEN_REFUSED } from './nova-policies';
import type { ServiceSession, ServiceToken } from './service-token';
import type { Upstream } from './upstream';

/** On whose behalf Nova is asked, and until when. */
export interface NovaCall {
  readonly globalRequestId: string;
  readonly signal: AbortSignal;
}

/** Nova as we may ask it now. */
export interface NovaSession {
  /** Nova's v2.1, without a trailing slash. */
  readonly root: string;
  readonly microversion: string;
  readonly token: string;
}

interface Verdict {
  readonly outcome: 'admin' | 'not admin' | 'token refused';
  /** For how long a "not admin" is believed. */
  readonly validity: Countdown;
}

/** A token keeps the roles it was made with: after this long another one is tried, for the role may be there now. */
const NOT_ADMIN_FOR_MS = 10_000;
const ADMINS_ANSWER = z.object({ badRequest: z.object({}) });
const ANYBODYS_ANSWER = z.object({ flavors: z.array(z.unknown()) });

/**
 * Finds Nova, agrees with it on a microversion, and makes sure that it takes us for an admin, before anything is asked
 * of it. Each is learned once: the version for an endpoint, the admin for a token.
 */
export class NovaSessions {
  /** Of the newest session. */
  private latest: NovaSession | undefined;
  private latestRoot = '';
  private readonly versions = new Map<string, Promise<string>>();
  private readonly roots = new WeakMap<ServiceSession, string>();
  private readonly verdicts = new WeakMap<ServiceSession, Promise<Verdict>>();

  constructor(
    private readonly upstream: Upstream,
    private readonly serviceToken: ServiceToken,
    private readonly endpoint: ComputeEndpointChoice,
    private readonly clock: Clock,
  ) {}

  /**
   * Opens a session that is good for asking about any flavor.
   * @throws RegisteredFlavorsError `unavailable`, also when Nova is too old or does not take us for an admin;
   * `upstream answered badly`; `upstream timed out`
   */
  async open(call: NovaCall): Promise<NovaSession> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const held = await this.serviceToken.get(call.globalRequestId);
      const root = this.rootFor(held);
      const session = { root, microversion: await this.agreeOnVersion(root, call), token: held.token };
      const verdict = await this.judge(held, session, call);
      if (verdict.outcome === 'admin') return (this.latest = session);
      if (verdict.outcome === 'not admin' && !verdict.validity.isOver) throw notAdmin();
      this.verdicts.delete(held); // it may be held on to: see ServiceToken
      this.refuse(session);
    }
    throw this.upstream.errors.unavailable(TOKEN_REFUSED);
  }

  /**
   * Which Nova is asked, as Keystone's catalog and the settings say. Nova itself is not asked.
   * @throws RegisteredFlavorsError `unavailable`
   */
  async locate(globalRequestId: string): Promise<NovaPlace> {
    const held = await this.serviceToken.get(globalRequestId);
    return this.placeOf(this.rootFor(held));
  }

  /** Which Nova gave the newest session; undefined before there was one. */
  get place(): NovaPlace | undefined {
    return this.latest && this.placeOf(this.latest.root);
  }

  /** What only a Nova that works can answer, and costs it little; before there was any session, whether it is there. */
  probe(): { url: string; headers: Record<string, string> } {
    const { latest } = this;
    // Where Keystone says that it is now: it may have moved.
    if (latest?.root !== this.latestRoot) return { url: `${this.latestRoot}/`, headers: {} };
    return { url: `${latest.root}/flavors/detail?limit=1`, headers: headersFor(latest) };
  }

  /** Nova did not take the session's token, or not any more: the next session gets a new one. */
  refuse({ token }: NovaSession): void {
    this.serviceToken.invalidate(token);
  }

  /** Nova was changed under us: the next session agrees on a version again. */
  forgetVersions(): void {
    this.versions.clear();
  }

  private placeOf(computeEndpoint: string): NovaPlace {
    return { region: this.endpoint.region ?? '', computeEndpoint };
  }

  private rootFor(held: ServiceSession): string {
    const known = this.roots.get(held);
    if (known !== undefined) return known;
    const root = novaRoot(findComputeEndpoint(held.catalog, this.endpoint, this.upstream.errors), held.projectId);
    this.roots.set(held, root);
    this.latestRoot = root;
    return root;
  }

  private agreeOnVersion(root: string, call: NovaCall): Promise<string> {
    const known = this.versions.get(root);
    if (known !== undefined) return known;
    const asked = this.negotiate(root, unhurried(call));
    this.versions.set(root, asked);
    asked.catch(() => {
      if (this.versions.get(root) === asked) this.versions.delete(root); // the next one asks again
    });
    return asked;
  }

  private async negotiate(root: string, call: NovaCall): Promise<string> {
    const { errors } = this.upstream;
    const answer = await this.upstream.request({ method: 'GET', url: `${root}/`, headers: {}, ...call });
    const negotiation = negotiateMicroversion(answer.json);
    if ('microversion' in negotiation) return negotiation.microversion;
    if ('tooOld' in negotiation) {
      throw errors.unavailable(
        `Nova offers microversions up to ${negotiation.tooOld}; this service needs 2.61 or later.`,
      );
    }
    throw errors.answeredBadly('The compute endpoint does not answer with a version document of Nova.');
  }

  private judge(held: ServiceSession, session: NovaSession, call: NovaCall): Promise<Verdict> {
    const known = this.verdicts.get(held);
    if (known !== undefined) return known;
    const asked = this.askWhoWeAre(session, unhurried(call));
    this.verdicts.set(held, asked);
    asked.catch(() => this.verdicts.delete(held)); // the next one asks again
    return asked;
  }

  /**
   * Nova ignores `is_public` from anybody but an admin, without a word: private flavors would look deleted. Nonsense
   * in it is 400 to an admin, and 200 to anybody else.
   */
  private async askWhoWeAre(session: NovaSession, call: NovaCall): Promise<Verdict> {
    const answer = await this.upstream.request({
      method: 'GET',
      url: `${session.root}/flavors/detail?limit=1&is_public=maybe`,
      headers: headersFor(session),
      ...call,
    });
    const validity = new Countdown(this.clock, NOT_ADMIN_FOR_MS);
    if (answer.status === 401) return { outcome: 'token refused', validity };
    if (answer.status === 200 && ANYBODYS_ANSWER.safeParse(answer.json).success) {
      return { outcome: 'not admin', validity };
    }
    if (answer.status === 400 && ADMINS_ANSWER.safeParse(answer.json).success) return { outcome: 'admin', validity };
    if (answer.status === 406) this.forgetVersions();
    if (answer.status === 403) {
      throw this.upstream.errors.unavailable("Nova does not let this service's own user list flavors (403).");
    }
    throw this.upstream.errors.answeredBadly(`Nova answered ${answer.status} where it should have said who we are.`);
  }
}

/** The headers of every request within a session. */
export function headersFor({ token, microversion }: NovaSession): Record<string, string> {
  return { 'X-Auth-Token': token, 'OpenStack-API-Version': `compute ${microversion}` };
}

/** Others join what is learned here: it does not end with the one who began it. The time of one request bounds it. */
function unhurried(call: NovaCall): NovaCall {
  return { ...call, signal: new AbortController().signal };
}

function notAdmin(): RegisteredFlavorsError {
  return new RegisteredFlavorsError(
    'unavailable',
    {
      code: 'registered-flavors.nova.not_admin',
      detail:
        "Nova does not take this service's own user for an admin, and so hides private flavors from it. " +
        `Give the user the role admin in its project, or the one that Nova's policy ${ADMIN_POLICY} asks for.`,
    },
    { retryAfterSeconds: 60 },
  );
}
