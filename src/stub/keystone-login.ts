import { keystoneError, keystoneUnauthorized } from './keystone-answers';
import { asRecord, parseJson, type StubAnswer, type StubRequest } from './stub-http';
import { defaultDomain, projectIdOf, type StubUser } from './stub-identities';
import type { StubApplicationCredential, StubScope, TokenWish } from './stub-tokens';

/** A successful login: whose token to issue, and how. */
export interface Login {
  user: StubUser;
  wish: TokenWish;
}

/** An application credential with its secret. */
export interface KnownCredential {
  user: StubUser;
  secret: string;
  credential: StubApplicationCredential;
}

type Fields = Record<string, unknown>;

const supportedMethods = ['external', 'password', 'token', 'oauth1', 'mapped', 'application_credential'];
const badJson =
  'Expecting to find valid JSON in request body. The server could not comply with the request since it is ' +
  'either malformed or otherwise incorrect. The client is assumed to be in error.';

/** Reads the body of `POST /v3/auth/tokens` against the people and credentials Keystone knows. */
export class KeystoneLogin {
  constructor(
    private readonly users: readonly StubUser[],
    private readonly credentials: readonly KnownCredential[],
  ) {}

  /** Who logs in with what scope, or why not. */
  check(request: StubRequest): Login | StubAnswer {
    const body = asRecord(parseJson(request.body));
    if (body === undefined) return keystoneError(400, badJson, request);
    const auth = asRecord(body['auth']);
    if (auth === undefined) return missing('auth', 'body', request);
    const identity = asRecord(auth['identity']);
    if (identity === undefined) return missing('identity', 'auth', request);
    const methods = identity['methods'];
    if (!Array.isArray(methods)) return missing('methods', 'identity', request);
    if (methods.includes('password')) return this.byPassword(fields(identity['password']), auth['scope'], request);
    if (methods.includes('application_credential')) {
      return this.byCredential(fields(identity['application_credential']), auth['scope'], request);
    }
    const message = 'Attempted to authenticate with an unsupported method.';
    return keystoneError(401, message, request, { methods: supportedMethods });
  }

  private byPassword(password: Fields, scope: unknown, request: StubRequest): Login | StubAnswer {
    const asked = fields(password['user']);
    const user = this.findUser(asked);
    if (user === undefined || user.password !== asked['password']) return keystoneUnauthorized(request);
    const granted = scopeFor(user, scope);
    if (granted === undefined) return keystoneUnauthorized(request);
    return { user, wish: { scope: granted } };
  }

  private byCredential(asked: Fields, scope: unknown, request: StubRequest): Login | StubAnswer {
    if (scope !== undefined) {
      const message =
        'Error authenticating with application credential: Application credentials cannot request a scope.';
      return keystoneError(401, message, request, {});
    }
    const known = this.findCredential(asked);
    if (known === undefined) {
      const name = String(asked['id'] ?? asked['name']);
      return keystoneError(404, `Could not find Application Credential: ${name}.`, request);
    }
    if (known.secret !== asked['secret']) return keystoneUnauthorized(request);
    return {
      user: known.user,
      wish: { scope: 'project', methods: ['application_credential'], applicationCredential: known.credential },
    };
  }

  private findUser(asked: Fields): StubUser | undefined {
    if (asked['id'] !== undefined) return this.users.find(({ id }) => id === asked['id']);
    return isDefaultDomain(asked['domain']) ? this.users.find(({ name }) => name === asked['name']) : undefined;
  }

  private findCredential(asked: Fields): KnownCredential | undefined {
    if (asked['id'] !== undefined) return this.credentials.find(({ credential }) => credential.id === asked['id']);
    const owner = this.findUser(fields(asked['user']));
    return this.credentials.find(({ user, credential }) => user === owner && credential.name === asked['name']);
  }
}

function scopeFor(user: StubUser, scope: unknown): StubScope | undefined {
  if (scope === undefined) return user.hasDefaultProject ? 'project' : 'unscoped';
  const wished = asRecord(scope);
  if (scope === 'unscoped' || wished?.['unscoped'] !== undefined) return 'unscoped';
  if (wished?.['system'] !== undefined) return user.name === 'admin' ? 'system' : undefined;
  return isItsProject(user, fields(wished?.['project'])) ? 'project' : undefined;
}

function isItsProject(user: StubUser, project: Fields): boolean {
  if (project['id'] !== undefined) return project['id'] === projectIdOf(user.projectName);
  return project['name'] === user.projectName && isDefaultDomain(project['domain']);
}

function isDefaultDomain(domain: unknown): boolean {
  const asked = fields(domain);
  return asked['id'] === defaultDomain.id || asked['name'] === defaultDomain.name;
}

/** Keystone adds the whole schema to this message; nobody reads it, so it is left out here. */
function missing(property: string, field: string, request: StubRequest): StubAnswer {
  const message = `Invalid input for field '${field}': '${property}' is a required property`;
  return keystoneError(400, message, request);
}

function fields(value: unknown): Fields {
  return asRecord(value) ?? {};
}
