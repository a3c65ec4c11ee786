import { type Clock, Countdown } from '../clock';
import { describeError, type Logger } from '../logger';
import type { Meter } from '../meter';
import type { Credentials } from './credentials';
import { type KeystoneCall, type KeystoneClient, LoginRefused } from './keystone-client';
import type { Catalog, KeystoneToken } from './keystone-token';

/** A token with less than this left is renewed (keystoneauth's own margin is 120 s). */
const RENEW_WHEN_LEFT_MS = 120_000;
/** Clouds with very short tokens: renewed in the last fifth of their life, not at every request. */
const RENEW_IN_LAST_PART = 0.2;
/** After a failed early renewal the old token serves on for this long before the next try. */
const PAUSE_AFTER_FAILURE_MS = 5_000;
/**
 * After a first, a second, and each further refusal of the credentials. Keystone can lock an account after some refused
 * logins (`[security_compliance] lockout_failure_attempts`; its guide has 6), for half an hour: the right password would be
 * refused, too. A restart tries at once.
 */
const PAUSES_AFTER_REFUSAL_MS = [5_000, 600_000, 1_860_000] as const;
/** So many refused tokens are replaced within this time. When each new one is refused, another login brings no better one. */
const MAX_INVALIDATIONS = 5;
const INVALIDATIONS_MS = 5_000;

/** The service's own session with OpenStack. */
export interface ServiceSession {
  readonly token: string;
  readonly projectId: string | undefined;
  readonly catalog: Catalog;
}

interface HeldSession extends ServiceSession {
  readonly lifetime: Countdown;
  readonly untilRenewal: Countdown;
}

/**
 * Holds the service's own token: renewed ahead of time, one renewal at a time however many wait for it, and thrown
 * away when a service refuses it.
 */
export class ServiceToken {
  private session: HeldSession | undefined;
  private renewal: Promise<ServiceSession> | undefined;
  private pause: Countdown | undefined;
  private refused: LoginRefused | undefined;
  private refusals = 0;
  private invalidations: { count: number; readonly period: Countdown } | undefined;

  constructor(
    private readonly keystone: KeystoneClient,
    private readonly credentials: Credentials,
    private readonly options: {
      /** How long one renewal may take, whoever waits for it. */
      readonly deadlineMs: number;
      readonly clock: Clock;
      readonly logger: Logger;
      readonly meter: Meter;
    },
  ) {}

  /**
   * A session that is good now. While a token nears its end the old one goes on serving and the new one is fetched
   * behind it, so that nobody waits and a short outage of Keystone goes unnoticed.
   *
   * When Keystone refuses the credentials, whoever asks within the next pause hears the same without a login: callers must
   * not be able to make us lock our own account.
   * @throws RegisteredFlavorsError `unavailable` when there is none and none can be had
   */
  async get(globalRequestId: string): Promise<ServiceSession> {
    const held = this.session;
    const isPausing = this.pause?.isOver === false;
    if (held === undefined || held.lifetime.isOver) {
      if (this.refused !== undefined && isPausing) throw this.refused;
      return this.renew(globalRequestId);
    }
    if (this.renewal === undefined && held.untilRenewal.isOver && !isPausing) {
      this.renew(globalRequestId).catch((error: unknown) => {
        // The old one is good still, so nobody is hurt yet.
        this.options.logger.warn("this service's own token could not be renewed ahead of time", {
          reason: describeError(error).error,
        });
      });
    }
    return held;
  }

  /** The token that is held, if there is one, whatever it is worth by now. */
  get held(): string | undefined {
    return this.session?.token;
  }

  /** Throws a token away that a service refused. A newer one stays, and so does this one when too many were refused. */
  invalidate(token: string): void {
    if (this.session?.token !== token) return;
    if (this.invalidations === undefined || this.invalidations.period.isOver) {
      this.invalidations = { count: 0, period: new Countdown(this.options.clock, INVALIDATIONS_MS) };
    }
    this.invalidations.count += 1;
    if (this.invalidations.count <= MAX_INVALIDATIONS) this.session = undefined;
  }

  private renew(globalRequestId: string): Promise<ServiceSession> {
    const { clock, deadlineMs } = this.options;
    this.renewal ??= this.login({ globalRequestId, signal: AbortSignal.timeout(deadlineMs) })
      .catch((error: unknown) => {
        this.refused = error instanceof LoginRefused ? error : undefined;
        this.pause = new Countdown(
          clock,
          this.refused === undefined ? PAUSE_AFTER_FAILURE_MS : this.pauseAfterRefusal(),
        );
        this.options.meter.tokenRenewed(this.refused === undefined ? 'failed' : 'refused');
        throw error;
      })
      .finally(() => {
        this.renewal = undefined;
      });
    return this.renewal;
  }

  private pauseAfterRefusal(): number {
    const pause = PAUSES_AFTER_REFUSAL_MS[this.refusals] ?? PAUSES_AFTER_REFUSAL_MS.at(-1)!;
    this.refusals += 1;
    this.options.logger.warn("Keystone refused this service's own credentials", { nextLoginInSeconds: pause / 1000 });
    return pause;
  }

  private async login(call: KeystoneCall): Promise<ServiceSession> {
    const { id, token } = await this.keystone.issueToken(this.credentials, call);
    const { clock } = this.options;
    const lifetimeMs = lifetimeOf(token, clock);
    const marginMs = Math.min(RENEW_WHEN_LEFT_MS, lifetimeMs * RENEW_IN_LAST_PART);
    this.session = {
      token: id,
      projectId: token.caller.projectId,
      catalog: token.catalog,
      lifetime: new Countdown(clock, lifetimeMs),
      untilRenewal: new Countdown(clock, lifetimeMs - marginMs),
    };
    this.refusals = 0;
    this.options.meter.tokenRenewed('ok');
    return this.session;
  }
}

/** From its issue to its end, both by Keystone's clock: ours may be ahead of it, and would log in for each request. */
function lifetimeOf({ issuedAt, expiresAt }: KeystoneToken, clock: Clock): number {
  return expiresAt - (issuedAt ?? clock.now());
}
