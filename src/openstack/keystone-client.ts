import { z } from 'zod';
import { RegisteredFlavorsError } from '../errors';
import { type Credentials, authBody } from './credentials';
import { type KeystoneToken, readTokenDocument } from './keystone-token';
import type { Upstream } from './upstream';
import type { UpstreamAnswer } from './upstream-answer';

/** On whose behalf Keystone is asked, and until when. */
export interface KeystoneCall {
  readonly globalRequestId: string;
  readonly signal: AbortSignal;
}

/** What Keystone says of a caller's token. */
export type Validation =
  | { readonly outcome: 'valid'; readonly token: KeystoneToken }
  | { readonly outcome: 'invalid' }
  /** Our own token was refused: renew it and ask again. */
  | { readonly outcome: 'own token refused' };

/** Keystone does not take the credentials: only an operator can mend that, and asking again may lock the account. */
export class LoginRefused extends RegisteredFlavorsError {
  constructor(method: Credentials['method'], status: number) {
    const what = method === 'password' ? 'user, password, project or one of their domains' : 'application credential';
    const detail =
      `Keystone refused this service's own login (${status}). Either its ${what} is wrong, the user is disabled or has ` +
      'no role in the project, or OS_AUTH_URL is not that of Keystone.';
    super('unavailable', { code: 'registered-flavors.keystone.unavailable', detail }, { retryAfterSeconds: 60 });
  }
}

const keystoneError = z.object({ error: z.object({ code: z.number() }) });

/** Keystone's v3 API, as far as this service needs it. */
export class KeystoneClient {
  /** @param authUrl with its version, without a trailing slash: `https://keystone.example:5000/v3` */
  constructor(
    private readonly upstream: Upstream,
    private readonly authUrl: string,
  ) {}

  /** What only a Keystone that works can answer: our own token about itself. Without one, whether it is there. */
  probe(ownToken: string | undefined): { url: string; headers: Record<string, string> } {
    if (ownToken === undefined) return { url: this.authUrl, headers: {} };
    return { url: this.validationUrl, headers: { 'X-Auth-Token': ownToken, 'X-Subject-Token': ownToken } };
  }

  /**
   * Logs in.
   * @throws RegisteredFlavorsError `unavailable`, also when Keystone refuses the credentials: that is the operator's
   * to mend, not the caller's
   */
  async issueToken(credentials: Credentials, call: KeystoneCall): Promise<{ id: string; token: KeystoneToken }> {
    const answer = await this.upstream.request({
      method: 'POST',
      url: `${this.authUrl}/auth/tokens`,
      headers: { 'Content-Type': 'application/json' },
      body: authBody(credentials),
      ...call,
    });
    if (answer.status !== 201) throw this.loginRefused(answer, credentials);
    const id = answer.header('x-subject-token');
    const token = readTokenDocument(answer.json);
    if (id === undefined || token === undefined) {
      throw this.upstream.errors.answeredBadly('Keystone gave a token that cannot be understood.');
    }
    return { id, token };
  }

  /**
   * Asks Keystone what a caller's token is worth.
   *
   * `OpenStack-Identity-Access-Rules` says that we know of access rules; without it Keystone refuses the tokens of
   * application credentials that carry some.
   * @param subject with `allowExpired`, a token that has expired is as good as before, for as long as Keystone itself
   * allows (its `allow_expired_window`, two days)
   * @throws RegisteredFlavorsError `unavailable`
   */
  async validateToken(
    ownToken: string,
    subject: { readonly token: string; readonly allowExpired: boolean },
    call: KeystoneCall,
  ): Promise<Validation> {
    const headers = {
      'X-Auth-Token': ownToken,
      'X-Subject-Token': subject.token,
      'OpenStack-Identity-Access-Rules': '1',
    };
    const url = this.validationUrl + (subject.allowExpired ? '&allow_expired=1' : '');
    const answer = await this.upstream.request({ method: 'GET', url, headers, ...call });
    if (answer.status === 200) {
      const token = readTokenDocument(answer.json);
      if (token !== undefined) return { outcome: 'valid', token };
      throw this.upstream.errors.answeredBadly('Keystone described a token in a way that cannot be understood.');
    }
    // Only Keystone's own 404 speaks of the token; a router's or a proxy's speaks of a wrong OS_AUTH_URL.
    if (answer.status === 404 && isKeystoneError(answer)) return { outcome: 'invalid' };
    if (answer.status === 401) return { outcome: 'own token refused' };
    if (answer.status === 403) throw this.mayNotValidate();
    throw this.upstream.errors.answeredBadly(`Keystone answered ${answer.status} to the validation of a token.`);
  }

  /**
   * Makes sure that our own user may validate the tokens of others. That of itself would not tell: Keystone's policy lets
   * everybody validate his own (`rule:token_subject`). It looks at the policy before it misses a subject.
   * @throws RegisteredFlavorsError `unavailable`
   */
  async requireValidator(ownToken: string, call: KeystoneCall): Promise<void> {
    const headers = { 'X-Auth-Token': ownToken };
    const answer = await this.upstream.request({ method: 'GET', url: this.validationUrl, headers, ...call });
    if (answer.status === 403) throw this.mayNotValidate();
    if (answer.status === 401)
      throw this.upstream.errors.unavailable("Keystone refuses this service's own token (401).");
  }

  private mayNotValidate(): Error {
    return this.upstream.errors.unavailable(
      "Keystone does not let this service's own user validate tokens (403): it lacks the role that Keystone's policy " +
        'identity:validate_token asks for, by default service or admin.',
    );
  }

  private get validationUrl(): string {
    return `${this.authUrl}/auth/tokens?nocatalog`;
  }

  private loginRefused(answer: UpstreamAnswer, { method }: Credentials): Error {
    // A wrong password is 401, an application credential that is unknown is 404.
    const isUnknownCredential = method === 'application_credential' && answer.status === 404 && isKeystoneError(answer);
    if (answer.status === 401 || isUnknownCredential) return new LoginRefused(method, answer.status);
    const { errors } = this.upstream;
    return errors.answeredBadly(
      `Keystone answered ${answer.status} to this service's own login. Is OS_AUTH_URL right?`,
    );
  }
}

function isKeystoneError(answer: UpstreamAnswer): boolean {
  return keystoneError.safeParse(answer.json).success;
}
