import { hash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Clock } from '../clock';
import { RegisteredFlavorsError } from '../errors';
import type { Caller } from '../registrations/caller';
import type { KeystoneCall, KeystoneClient } from './keystone-client';
import type { KeystoneToken } from './keystone-token';
import type { ServiceToken } from './service-token';
import { keystoneErrors } from './upstream-errors';
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
  /** How long one validation may take, our own login included. */
  readonly deadlineMs: number;
  readonly clock: Clock;
}

interface Remembered {
  readonly token: KeystoneToken;
  readonly forgetAt: number;
}

/**
 * Tells who a token belongs to, as keystonemiddleware does: Keystone is asked, its yes is remembered for a while under
 * the token's SHA-256, its no never; the token's own end is checked each time. Equal tokens that arrive together ask
 * once.
 */
export class TokenValidator {
  private readonly remembered: LRUCache<string, Remembered>;
  private readonly underWay = new Map<string, Promise<Caller>>();

  constructor(
    private readonly keystone: KeystoneClient,
    private readonly serviceToken: ServiceToken,
    private readonly options: TokenValidatorOptions,
  ) {
    this.remembered = new LRUCache({ max: options.entries });
  }

  /**
   * @throws RegisteredFlavorsError `unauthenticated` for a token that is not valid; `unavailable` when Keystone is
   * away and the token is not remembered
   */
  async validate(token: string, globalRequestId: string): Promise<Caller> {
    if (token.length > LONGEST_TOKEN || !TOKEN_FORM.test(token)) throw notValid();
    const key = hash('sha256', token, 'base64');
    const remembered = this.remembered.get(key);
    const now = this.options.clock.now();
    if (remembered !== undefined && now < remembered.forgetAt) {
      if (now >= remembered.token.expiresAt) throw notValid();
      return remembered.token.caller;
    }
    const joined = this.underWay.get(key);
    if (joined !== undefined) return joined;
    const asked = this.ask(token, key, globalRequestId).finally(() => this.underWay.delete(key));
    this.underWay.set(key, asked);
    return asked;
  }

  /** Who a token belongs to, from memory only; undefined when Keystone has to be asked. */
  peek(token: string): Caller | undefined {
    if (token.length > LONGEST_TOKEN) return undefined;
    const remembered = this.remembered.get(hash('sha256', token, 'base64'));
    const now = this.options.clock.now();
    const isGood = remembered !== undefined && now < remembered.forgetAt && now < remembered.token.expiresAt;
    return isGood ? remembered.token.caller : undefined;
  }

  private async ask(token: string, key: string, globalRequestId: string): Promise<Caller> {
    const { deadlineMs } = this.options;
    const signal = AbortSignal.timeout(deadlineMs);
    const subject = { token, wasValid: this.remembered.has(key) };
    const validated = await withinDeadline(this.askTwiceAtMost(subject, { globalRequestId, signal }), signal, () =>
      keystoneErrors.timedOut(`Keystone did not say within ${deadlineMs} ms what the token is worth.`),
    );
    const now = this.options.clock.now();
    if (validated === undefined || now >= validated.expiresAt) {
      this.remembered.delete(key);
      throw notValid();
    }
    this.remembered.set(key, { token: validated, forgetAt: now + this.options.seconds * 1000 });
    return validated.caller;
  }

  /** Our own token may have been revoked or its key rotated away: renewed once. */
  private async askTwiceAtMost(
    subject: { token: string; wasValid: boolean },
    call: KeystoneCall,
  ): Promise<KeystoneToken | undefined> {
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const own = await this.serviceToken.get(call.globalRequestId);
      const validation = await this.keystone.validateToken(own.token, subject, call);
      if (validation.outcome === 'valid') return validation.token;
      if (validation.outcome === 'invalid') return undefined;
      this.serviceToken.invalidate(own.token);
    }
    throw keystoneErrors.unavailable("Keystone refuses this service's own token, also a new one.");
  }
}

function notValid(): RegisteredFlavorsError {
  return new RegisteredFlavorsError('unauthenticated', {
    code: 'registered-flavors.token.invalid',
    detail: 'X-Auth-Token is not a valid Keystone token: it is malformed, expired, revoked or not of this cloud.',
  });
}
