/** What a person needs to log in. */
export interface Login {
  readonly username: string;
  readonly password: string;
  readonly projectName: string;
}

/** A flavor as an admin creates it in Nova. */
export interface NewFlavor {
  readonly id: string;
  readonly name?: string;
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
    const answer = await fetch(`${this.authUrl}/auth/tokens`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Accept: 'application/json' },
      body: JSON.stringify({
        auth: {
          identity: { methods: ['password'], password: { user } },
          scope: scope === 'project' ? project : 'unscoped',
        },
      }),
    });
    const token = answer.headers.get('x-subject-token');
    if (token === null) throw new Error(`Keystone answered ${answer.status} to the login of ${login.username}`);
    return token;
  }

  async createFlavor(adminToken: string, { id, name = id, isPublic = true, extraSpecs }: NewFlavor): Promise<void> {
    const flavor = { id, name, ram: 2048, vcpus: 2, disk: 20, 'os-flavor-access:is_public': isPublic };
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
