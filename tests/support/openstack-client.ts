import { randomUUID } from 'node:crypto';

/** What a person needs to log in. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly projectName: string;
}

/** A request that an application credential may be used for. */
export interface AccessRule {
  readonly service: string;
  readonly method: string;
  readonly path: string;
}

/** A flavor as an admin creates it in Nova. */
export interface NewFlavor {
  readonly id: string;
  readonly name?: string;
  readonly vcpus?: number;
  readonly ram?: number;
  readonly disk?: number;
  readonly isPublic?: boolean;
  readonly extraSpecs?: Readonly<Record<string, string>>;
}

/**
 * What an operator does with Keystone and Nova outside of our service: logging in, creating and deleting flavors.
 * Speaks plain HTTP, so that the stub and a real cloud are treated alike.
 */
export class OpenStackClient {
  constructor(
    private readonly authUrl: string,
    private readonly novaUrl: string,
  ) {}

  /** A token from a real login. */
  async token(login: Login, scope: 'project' | 'unscoped' = 'project'): Promise<string> {
    const user = { name: login.username, domain: { id: 'default' }, password: login.password };
    const project = { project: { name: login.projectName, domain: { id: 'default' } } };
    const identity = { methods: ['password'], password: { user } };
    return this.logIn({ identity, scope: scope === 'project' ? project : 'unscoped' }, login.username);
  }

  /** Makes an application credential that may be used for these requests only, and logs in with it. */
  async tokenWithAccessRules(token: string, rules: readonly AccessRule[]): Promise<string> {
    const headers = { 'X-Auth-Token': token, 'Content-Type': 'application/json', Accept: 'application/json' };
    const own = await fetch(`${this.authUrl}/auth/tokens?nocatalog`, {
      headers: { ...headers, 'X-Subject-Token': token },
    });
    const { user } = ((await own.json()) as { token: { user: { id: string } } }).token;
    const secret = randomUUID();
    const made = await fetch(`${this.authUrl}/users/${user.id}/application_credentials`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ application_credential: { name: `story-${randomUUID()}`, secret, access_rules: rules } }),
    });
    if (made.status !== 201) throw new Error(`Keystone answered ${made.status} to a new application credential`);
    const { id } = ((await made.json()) as { application_credential: { id: string } }).application_credential;
    const identity = { methods: ['application_credential'], application_credential: { id, secret } };
    return this.logIn({ identity }, `the application credential ${id}`);
  }

  async createFlavor(
    adminToken: string,
    { id, name = id, isPublic = true, extraSpecs, ...sizes }: NewFlavor,
  ): Promise<void> {
    const flavor = { id, name, ram: 2048, vcpus: 2, disk: 20, ...sizes, 'os-flavor-access:is_public': isPublic };
    await this.nova(adminToken, 'POST', '/flavors', { flavor });
    if (extraSpecs !== undefined) {
      await this.nova(adminToken, 'POST', `/flavors/${encodeURIComponent(id)}/os-extra_specs`, {
        extra_specs: extraSpecs,
      });
    }
  }

  async deleteFlavor(adminToken: string, id: string): Promise<void> {
    await this.nova(adminToken, 'DELETE', `/flavors/${encodeURIComponent(id)}`);
  }

  /** One flavor in Nova's own words. */
  async showFlavor(adminToken: string, id: string): Promise<Record<string, unknown>> {
    const answer = await this.nova(adminToken, 'GET', `/flavors/${encodeURIComponent(id)}`);
    return ((await answer.json()) as { flavor: Record<string, unknown> }).flavor;
  }

  /** The ids of every flavor in Nova's own list: of all flavors, or of those that the token's owner is shown. */
  async listFlavors(token: string, all: boolean): Promise<string[]> {
    const ids: string[] = [];
    for (;;) {
      const marker = ids.length === 0 ? '' : `&marker=${encodeURIComponent(ids.at(-1) ?? '')}`;
      const answer = await this.nova(token, 'GET', `/flavors?limit=1000${all ? '&is_public=None' : ''}${marker}`);
      const { flavors } = (await answer.json()) as { flavors: { id: string }[] };
      if (flavors.length === 0) return ids;
      ids.push(...flavors.map(({ id }) => id));
    }
  }

  /** Opens a private flavor to a project, or closes it. */
  async changeAccess(
    adminToken: string,
    action: 'addTenantAccess' | 'removeTenantAccess',
    id: string,
    projectId: string,
  ): Promise<void> {
    await this.nova(adminToken, 'POST', `/flavors/${encodeURIComponent(id)}/action`, {
      [action]: { tenant: projectId },
    });
  }

  /** The project that a token is scoped to. */
  async projectIdOf(token: string): Promise<string> {
    const headers = { 'X-Auth-Token': token, 'X-Subject-Token': token, Accept: 'application/json' };
    const answer = await fetch(`${this.authUrl}/auth/tokens?nocatalog`, { headers });
    return ((await answer.json()) as { token: { project: { id: string } } }).token.project.id;
  }

  private async logIn(auth: object, who: string): Promise<string> {
    const answer = await fetch(`${this.authUrl}/auth/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({ auth }),
    });
    const token = answer.headers.get('x-subject-token');
    if (token === null) throw new Error(`Keystone answered ${answer.status} to the login of ${who}`);
    return token;
  }

  private async nova(token: string, method: string, path: string, body?: object): Promise<Response> {
    const answer = await fetch(this.novaUrl + path, {
      method,
      headers: {
        'X-Auth-Token': token,
        'OpenStack-API-Version': 'compute 2.75',
        Accept: 'application/json',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`Nova answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    return answer;
  }
}
