import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Clock, Countdown } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import { SingleFlight } from '../fairness/single-flight';
import type { Caller } from '../registrations/caller';
import type { KeystoneClient } from './keystone-client';
import type { KeystoneToken } from './keystone-token';
import type { ServiceToken } from './service-token';
import { keystoneErrors } from './upstream-errors';
import type { ValidationPlaces, ValidationRequest } from './validation-places';
import { withinDeadline } from './within-deadline';

/** What a token can look like at all: Keystone need not be asked about anything else. */
const TOKEN_FORM = /^[\x21-\x7e]+$/;
/** Fernet tokens have some 200 characters, JWS ones up to 1,500. Keystone's web server hangs up on what is far beyond. */
const LONGEST_TOKEN = 16_384;

export interface TokenValidatorOptions {
  /** How long Keystone's word for a token is taken. A revoked token goes on working for as long. */
  readonly seconds: number;
  /** How many tokens are remembered at the most. */
  readonly entries: number;
  /** How long one caller waits for a validation, our own login and the queue included. */
  readonly deadlineMs: number;
  readonly clock: Clock;
}

/** Who wants to know, and for how long. */
export interface Asker {
  readonly globalRequestId: string;
  /** Where the request came from: the sources of tokens that Keystone has to be asked about take turns. */
  readonly source: string;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

export interface ValidationOptions {
  /** Whether a token that has expired will do, as long as Keystone still knows it. */
  readonly allowExpired?: boolean;
  /** Less than the usual deadline, when some of it is gone already. */
  readonly deadlineMs?: number;
  /** The header that the token stands in, for the failure's text. */
  readonly header?: 'X-Auth-Token' | 'X-Service-Token';
}

interface Remembered {
  readonly caller: Caller;
  /** How long Keystone's word is taken. */
  readonly validity: Countdown;
  /** How long the token itself lives. */
  readonly lifetime: Countdown;
}

/**
 * Tells who a token belongs to, as keystonemiddleware does: Keystone is asked, its yes is remembered for a while under
 * the token's SHA-256, its no never; the token's own end is checked each time. Equal tokens that arrive together ask
 * once.
 */
export class TokenValidator {
  private readonly remembered: LRUCache<string, Remembered>;
  private readonly underWay = new SingleFlight<Caller | undefined>();

  constructor(
    private readonly keystone: KeystoneClient,
    private readonly serviceToken: ServiceToken,
    private readonly places: ValidationPlaces,
    private readonly options: TokenValidatorOptions,
  ) {
    this.remembered = new LRUCache({ max: options.entries });
  }

  /** Who the token belongs to, if that is remembered and still good. Asks nobody. */
  peek(token: string): Caller | undefined {
    const known = isWellFormed(token) ? this.remembered.get(keyOf(token, false)) : undefined;
    return known === undefined || known.validity.isOver || known.lifetime.isOver ? undefined : known.caller;
  }

  /**
   * @throws RegisteredFlavorsError `unauthenticated` for a token that is not valid; `unavailable` when Keystone is
   * away and the token is not remembered
   */
  async validate(token: string, asker: Asker, options: ValidationOptions = {}): Promise<Caller> {
    const { allowExpired = false, deadlineMs = this.options.deadlineMs, header = 'X-Auth-Token' } = options;
    if (!isWellFormed(token)) throw notValid(header);
    const key = keyOf(token, allowExpired);
    const known = this.remembered.get(key);
    if (known !== undefined && !known.validity.isOver) {
      if (known.lifetime.isOver) throw notValid(header);
      return known.caller;
    }
    const { source, globalRequestId, signal } = asker;
    const caller = await this.underWay.join(
      key,
      (abandoned) =>
        this.ask(token, { key, allowExpired, source, globalRequestId, abandoned, wasValid: known !== undefined }),
      waitFor(signal, deadlineMs),
    );
    if (caller === undefined) throw notValid(header);
    return caller;
  }

  /** @returns undefined when Keystone says no */
  private async ask(
    token: string,
    question: ValidationRequest & { key: string; allowExpired: boolean; globalRequestId: string },
  ): Promise<Caller | undefined> {
    const { key, allowExpired, globalRequestId } = question;
    const validated = await this.places.execute(question, () =>
      this.askTwiceAtMost({ token, allowExpired }, globalRequestId),
    );
    this.remembered.delete(key);
    if (validated !== undefined) this.remember(key, validated, allowExpired);
    return validated?.caller;
  }

  /**
   * A token that has ended by our clock and not by Keystone's, which has just been asked, is good for this once: the
   * clocks differ, and it is Keystone's that counts.
   */
  private remember(key: string, { caller, expiresAt }: KeystoneToken, allowExpired: boolean): void {
    const { clock, seconds } = this.options;
    const leftMs = allowExpired ? Infinity : expiresAt - clock.now();
    if (leftMs <= 0) return;
    const [validity, lifetime] = [new Countdown(clock, seconds * 1000), new Countdown(clock, leftMs)];
    this.remembered.set(key, { caller, validity, lifetime });
  }

  /** Our own token may have been revoked or its key rotated away: renewed once. */
  private async askTwiceAtMost(
    subject: { token: string; allowExpired: boolean },
    globalRequestId: string,
  ): Promise<KeystoneToken | undefined> {
    const call = { globalRequestId, signal: AbortSignal.timeout(this.options.deadlineMs) };
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const own = await this.serviceToken.get(globalRequestId);
      const validation = await this.keystone.validateToken(own.token, subject, call);
      if (validation.outcome === 'valid') return validation.token;
      if (validation.outcome === 'invalid') return undefined;
      this.serviceToken.invalidate(own.token);
    }
    throw keystoneErrors.unavailable("Keystone refuses this service's own token, also a new one.");
  }
}

/**
 * Waits no longer than the client, and than the deadline. By itself, since the work keeps all who have waited for it,
 * their failures, and what is in reach of the code that made these: here that is nothing of the request.
 */
function waitFor(client: AbortSignal, deadlineMs: number) {
  const signal = AbortSignal.any([client, AbortSignal.timeout(deadlineMs)]);
  return <T>(work: Promise<T>): Promise<T> =>
    withinDeadline(work, signal, () =>
      keystoneErrors.timedOut(`Keystone did not say within ${deadlineMs} ms what the token is worth.`),
    );
}

function isWellFormed(token: string): boolean {
  return token.length <= LONGEST_TOKEN && TOKEN_FORM.test(token);
}

/** What Keystone says of a token that may have expired is no answer to whether it has. */
function keyOf(token: string, allowExpired: boolean): string {
  const key = hash('sha256', token, 'base64');
  return allowExpired ? `${key} expired or not` : key;
}

function notValid(header: string): RegisteredFlavorsError {
  return new RegisteredFlavorsError('unauthenticated', {
    code: 'registered-flavors.token.invalid',
    detail: `${header} is not a valid Keystone token: it is malformed, expired, revoked or not of this cloud.`,
  });
}
