import { randomBytes } from 'node:crypto';
import { defaultDomain, expandRoles, projectIdOf, stableId, type StubUser } from './stub-identities';

/** What a token is good for. */
export type StubScope = 'project' | 'unscoped' | 'domain' | 'system';

/** What an application credential may be used for. */
export interface StubAccessRule {
  service: string;
  path: string;
  method: string;
}

/** An application credential as it stands in a token. */
export interface StubApplicationCredential {
  id: string;
  name: string;
  restricted: boolean;
  access_rules?: StubAccessRule[];
}

/** One issued token. */
export interface StubToken {
  value: string;
  user: StubUser;
  methods: string[];
  scope: StubScope;
  auditId: string;
  issuedAt: number;
  expiresAt: number;
  isRevoked: boolean;
  applicationCredential: StubApplicationCredential | undefined;
}

/** How a token is made. */
export interface TokenWish {
  scope?: StubScope | undefined;
  lifetimeSeconds?: number | undefined;
  methods?: string[];
  applicationCredential?: StubApplicationCredential | undefined;
}

/** The tokens Keystone has issued. */
export class StubTokens {
  private readonly byValue = new Map<string, StubToken>();

  constructor(private readonly lifetimeSeconds: number) {}

  /** Issues a token that looks like a Fernet one. Keystone counts in whole seconds, so it may lose up to one. */
  issue(user: StubUser, wish: TokenWish = {}): StubToken {
    const issuedAt = Math.floor(Date.now() / 1000) * 1000;
    const token: StubToken = {
      value: `gAAAAA${randomBytes(141).toString('base64url')}`,
      user,
      methods: wish.methods ?? ['password'],
      scope: wish.scope ?? 'project',
      auditId: randomBytes(16).toString('base64url'),
      issuedAt,
      expiresAt: issuedAt + (wish.lifetimeSeconds ?? this.lifetimeSeconds) * 1000,
      isRevoked: false,
      applicationCredential: wish.applicationCredential,
    };
    this.byValue.set(token.value, token);
    return token;
  }

  /** The token with this text, in whatever state. */
  find(value: string | undefined): StubToken | undefined {
    return value === undefined ? undefined : this.byValue.get(value);
  }

  /** Every token issued so far is expired from now on. */
  expireAll(): void {
    for (const token of this.byValue.values()) token.expiresAt = Math.min(token.expiresAt, Date.now() - 1000);
  }
}

/** Whether the token still has time left. */
export function isFresh(token: StubToken): boolean {
  return token.expiresAt > Date.now();
}

/** The names of the roles the token carries; an unscoped one carries none. */
export function rolesOf(token: StubToken): string[] {
  return token.scope === 'unscoped' ? [] : expandRoles(token.user.roles);
}

/** The project the token is for, if any. */
export function projectIdOfToken(token: StubToken): string | undefined {
  return token.scope === 'project' ? projectIdOf(token.user.projectName) : undefined;
}

/** The token as Keystone writes it, less its catalog. */
export function renderToken(token: StubToken, catalog: object[] | undefined): object {
  const { user, scope, applicationCredential } = token;
  return {
    methods: token.methods,
    user: { domain: defaultDomain, id: user.id, name: user.name, password_expires_at: null },
    audit_ids: [token.auditId],
    expires_at: wireTime(token.expiresAt),
    issued_at: wireTime(token.issuedAt),
    ...renderScope(token),
    ...(scope === 'unscoped' ? {} : { roles: renderRoles(token) }),
    ...(scope === 'unscoped' || catalog === undefined ? {} : { catalog }),
    ...(applicationCredential === undefined ? {} : { application_credential: applicationCredential }),
  };
}

function renderScope({ scope, user }: StubToken): object {
  if (scope === 'domain') return { domain: defaultDomain };
  if (scope === 'system') return { system: { all: true } };
  if (scope === 'unscoped') return {};
  const id = projectIdOf(user.projectName);
  return { project: { domain: defaultDomain, id, name: user.projectName }, is_domain: false };
}

function renderRoles(token: StubToken): object[] {
  const roles = rolesOf(token).map((name) => ({ id: stableId(`role ${name}`), name }));
  // The roles of an application credential are stored with it and come back in the order of their ids.
  return token.applicationCredential === undefined ? roles : roles.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function wireTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}.000000Z`;
}
