import { balancerAnswer } from './balancer-answer';
import { keystoneEmpty, keystoneError, keystoneJson, keystoneUnauthorized, keystoneVersion } from './keystone-answers';
import { KeystoneLogin, type KnownCredential } from './keystone-login';
import { StubCatalog, type StubEndpoints } from './stub-catalog';
import { headerOf, hostOf, queryOf, type StubAnswer, type StubRequest } from './stub-http';
import { createUser, createUsers, projectIdOf, stableId, type StubCredentials, type StubUser } from './stub-identities';
import { StubServer } from './stub-server';
import {
  isFresh,
  renderToken,
  rolesOf,
  StubTokens,
  type StubAccessRule,
  type StubScope,
  type StubToken,
} from './stub-tokens';

/** A token made without a login. */
export interface TokenForOptions {
  scope?: StubScope;
  /** Zero or less makes one that is expired already. */
  lifetimeSeconds?: number;
  /** Makes it the token of an application credential with these access rules (true: any compute call). */
  accessRules?: boolean | StubAccessRule[];
}

const anyComputeCall: StubAccessRule[] = [{ service: 'compute', path: '/v2.1/**', method: 'GET' }];

/** Keystone over real HTTP: discovery, login, validation, revocation and the catalog. */
export class StubKeystone extends StubServer {
  private readonly users: StubUser[] = createUsers();
  private readonly knownCredentials: KnownCredential[];
  private readonly login: KeystoneLogin;
  private readonly tokens: StubTokens;
  private readonly catalog = new StubCatalog();

  constructor(tokenLifetimeSeconds: number) {
    super();
    this.tokens = new StubTokens(tokenLifetimeSeconds);
    const credential = {
      id: stableId('application credential flavorsvc'),
      name: 'lab-flavorsvc',
      restricted: true,
    };
    this.knownCredentials = [{ user: this.user('flavorsvc'), secret: 'flavorsvc-secret', credential }];
    this.login = new KeystoneLogin(this.users, this.knownCredentials);
  }

  /** What clients are configured with. */
  get authUrl(): string {
    return `http://127.0.0.1:${this.port}/v3`;
  }

  /** The application credential of flavorsvc. */
  get applicationCredential(): { id: string; secret: string } {
    const known = this.knownCredentials[0]!;
    return { id: known.credential.id, secret: known.secret };
  }

  /** What this user logs in with. */
  credentials(username: string): StubCredentials {
    const { name, password, projectName } = this.user(username);
    return { username: name, password, projectName, userDomainName: 'Default', projectDomainName: 'Default' };
  }

  /** One more user, with these roles on a project; a project is there as soon as it is named. */
  addUser(name: string, projectName: string, roles: readonly string[]): void {
    this.users.push(createUser(name, projectName, roles));
  }

  /** The id of a project. */
  projectId(name: string): string {
    return projectIdOf(name);
  }

  /** Adds Keystone's and Nova's endpoints in a region to the catalog. */
  addRegion(region: string, novaUrl: StubEndpoints): void {
    this.catalog.addIdentity(region, this.authUrl);
    this.catalog.addCompute(region, novaUrl);
  }

  /** Issues a valid token to the user; scoped to its project unless another scope is asked for. */
  tokenFor(username: string, { scope, lifetimeSeconds, accessRules = false }: TokenForOptions = {}): string {
    const user = this.user(username);
    const rules = accessRules === true ? anyComputeCall : accessRules;
    if (rules === false) return this.tokens.issue(user, { scope, lifetimeSeconds }).value;
    const name = `rules-${username}`;
    const id = stableId(`application credential ${name}`);
    const applicationCredential = { id, name, restricted: true, access_rules: rules };
    const methods = ['application_credential'];
    return this.tokens.issue(user, { scope, lifetimeSeconds, methods, applicationCredential }).value;
  }

  /** Revokes the token, as its owner would. */
  revoke(value: string): void {
    const token = this.tokens.find(value);
    if (token !== undefined) token.isRevoked = true;
  }

  /** Every token issued so far is expired from now on. */
  expiresTokens(): void {
    this.tokens.expireAll();
  }

  /** The token behind this text, when it is neither expired nor revoked. */
  findValidToken(value: string | undefined): StubToken | undefined {
    const token = this.tokens.find(value);
    return token !== undefined && isFresh(token) && !token.isRevoked ? token : undefined;
  }

  protected override errorAnswer(status: number, request: StubRequest): StubAnswer {
    if (status === 502 || status === 504) return balancerAnswer(status);
    if (status === 401) return keystoneUnauthorized(request);
    return keystoneError(status, 'An unexpected error prevented the server from fulfilling your request.', request);
  }

  protected override answer(request: StubRequest): StubAnswer {
    const version = keystoneVersion(hostOf(request));
    const path = request.path;
    if (path === '/') {
      const location: [string, string] = ['Location', `http://${hostOf(request)}/v3/`];
      return keystoneJson(300, { versions: { values: [version] } }, [location]);
    }
    if (path === '/v3' || path === '/v3/') return keystoneJson(200, { version });
    if (path === '/v3/auth/tokens' && request.method === 'POST') return this.logIn(request);
    if (path === '/v3/auth/tokens') return this.withCaller(request, (caller) => this.aboutToken(caller, request));
    if (path === '/v3/auth/catalog') return this.withCaller(request, (caller) => this.showCatalog(caller, request));
    const message = `(http://${hostOf(request)}${path}): The resource could not be found.`;
    return keystoneError(404, message, request);
  }

  private logIn(request: StubRequest): StubAnswer {
    const login = this.login.check(request);
    if ('status' in login) return login;
    return this.showToken(201, this.tokens.issue(login.user, login.wish), request);
  }

  private withCaller(request: StubRequest, act: (caller: StubToken) => StubAnswer): StubAnswer {
    const caller = this.findValidToken(headerOf(request, 'X-Auth-Token'));
    return caller === undefined ? keystoneUnauthorized(request) : act(caller);
  }

  /** In Keystone's order: the subject is looked up before the caller's right to ask, a missing one after it. */
  private aboutToken(caller: StubToken, request: StubRequest): StubAnswer {
    const asked = headerOf(request, 'X-Subject-Token');
    const subject = asked === undefined ? undefined : this.findSubject(asked, request);
    if (subject !== undefined && 'status' in subject) return subject;
    const isDeletion = request.method === 'DELETE';
    const roles = rolesOf(caller);
    const mayAsk = roles.includes('admin') || (roles.includes('service') && !isDeletion);
    if (!mayAsk && subject?.user !== caller.user) {
      const action = isDeletion ? 'revoke_token' : 'validate_token';
      const message = `You are not authorized to perform the requested action: identity:${action}.`;
      return keystoneError(403, message, request);
    }
    if (subject === undefined) return keystoneError(404, 'No token in the request', request);
    if (!isDeletion) return this.showToken(200, subject, request);
    subject.isRevoked = true;
    return keystoneEmpty(204);
  }

  private findSubject(value: string, request: StubRequest): StubToken | StubAnswer {
    const token = this.tokens.find(value);
    if (token === undefined) return keystoneError(404, 'Could not recognize Fernet token', request);
    const allowsExpired = /^(1|t|true|on|y|yes)$/i.test(queryOf(request).get('allow_expired') ?? '');
    const isHidden =
      token.applicationCredential?.access_rules !== undefined &&
      headerOf(request, 'OpenStack-Identity-Access-Rules') === undefined;
    if (token.isRevoked || isHidden || !(isFresh(token) || allowsExpired)) {
      return keystoneError(404, 'Failed to validate token', request);
    }
    return token;
  }

  private showToken(status: number, token: StubToken, request: StubRequest): StubAnswer {
    const catalog = queryOf(request).has('nocatalog') ? undefined : this.catalog.render();
    return keystoneJson(status, { token: renderToken(token, catalog) }, [['X-Subject-Token', token.value]]);
  }

  private showCatalog(caller: StubToken, request: StubRequest): StubAnswer {
    if (caller.scope === 'unscoped') {
      return keystoneError(403, 'A project-scoped token is required to produce a service catalog.', request);
    }
    const self = `http://${hostOf(request)}/v3/auth/catalog`;
    return keystoneJson(200, { catalog: this.catalog.render(), links: { self } });
  }

  private user(username: string): StubUser {
    const user = this.users.find(({ name }) => name === username);
    if (user === undefined) throw new Error(`the stub knows no user ${username}`);
    return user;
  }
}
