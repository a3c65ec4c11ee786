import { randomUUID } from 'node:crypto';
import supertest from 'supertest';
import type { AccessRule, Login, NewFlavor, OpenStackClient } from './openstack-client';
import type { TestService } from './test-service';

/** Who plays in the stories: member and reader share a project, other is a member of another one. */
export type Person = 'admin' | 'member' | 'reader' | 'other';

/** The cloud that a story plays in: a stub, or a real Keystone and Nova. */
export interface Cloud {
  readonly client: OpenStackClient;
  readonly logins: Readonly<Record<Person, Login>>;
  /** A flavor that is public but disabled; Nova's API cannot make one. */
  readonly disabledFlavorId: string;
  /** The environment that tells our service where this cloud is and who it is there. */
  readonly serviceEnvironment: Readonly<Record<string, string>>;
  /** A token of an application credential of the member, which may be used for these requests only. */
  tokenWithAccessRules(rules: readonly AccessRule[]): Promise<string>;
  stopNova(): Promise<void>;
  startNova(): Promise<void>;
  close(): Promise<void>;
}

/** A cloud with our service beside it, as the stories see them. */
export class World {
  private readonly made: string[] = [];

  private constructor(
    readonly cloud: Cloud,
    readonly service: TestService,
    readonly tokens: Readonly<Record<Person | 'unscoped', string>>,
  ) {}

  static async create(cloud: Cloud, service: TestService): Promise<World> {
    const { client, logins } = cloud;
    const [admin, member, reader, other, unscoped] = await Promise.all([
      client.token(logins.admin),
      client.token(logins.member),
      client.token(logins.reader),
      client.token(logins.other),
      client.token(logins.member, 'unscoped'),
    ]);
    return new World(cloud, service, { admin, member, reader, other, unscoped });
  }

  /** A request to our service, with the token of a person. */
  as(person: Person | 'unscoped') {
    const send = (method: 'get' | 'post' | 'put' | 'patch' | 'delete' | 'head') => (path: string) =>
      supertest(this.service.url)[method](path).set('X-Auth-Token', this.tokens[person]);
    const [get, post, put, patch] = [send('get'), send('post'), send('put'), send('patch')];
    return { get, post, put, patch, delete: send('delete'), head: send('head') };
  }

  /** A request to our service without a token. */
  get anonymous() {
    return supertest(this.service.url);
  }

  /** Creates a flavor in Nova, as its operator would. */
  async createFlavor(flavor: Partial<NewFlavor> = {}): Promise<string> {
    const id = flavor.id ?? `story-${randomUUID()}`;
    await this.cloud.client.createFlavor(this.tokens.admin, { ...flavor, id });
    this.made.push(id);
    return id;
  }

  /** Deletes a flavor in Nova, as its operator would. */
  async deleteFlavor(id: string): Promise<void> {
    await this.cloud.client.deleteFlavor(this.tokens.admin, id);
    this.made.splice(this.made.indexOf(id), 1);
  }

  showFlavor(id: string): Promise<Record<string, unknown>> {
    return this.cloud.client.showFlavor(this.tokens.admin, id);
  }

  /** Lets the project of a person use a private flavor. */
  grantAccess(id: string, to: Person): Promise<void> {
    return this.changeAccess('addTenantAccess', id, to);
  }

  /** Takes the access of a person's project away. */
  revokeAccess(id: string, from: Person): Promise<void> {
    return this.changeAccess('removeTenantAccess', id, from);
  }

  /** The ids of all flavors that Nova's own list shows to a person. */
  listFlavors(person: Person): Promise<string[]> {
    return this.cloud.client.listFlavors(this.tokens[person], person === 'admin');
  }

  /** A service type that no other story uses. */
  newServiceType(prefix = 'redis'): string {
    return `${prefix}-${randomUUID()}`;
  }

  private async changeAccess(action: 'addTenantAccess' | 'removeTenantAccess', id: string, person: Person) {
    const projectId = await this.cloud.client.projectIdOf(this.tokens[person]);
    await this.cloud.client.changeAccess(this.tokens.admin, action, id, projectId);
  }

  async close(): Promise<void> {
    for (const id of [...this.made]) await this.deleteFlavor(id);
    await this.service.close();
    await this.cloud.close();
  }
}
