import { refusal } from '../support/expectations';
import type { World } from '../support/world';

/** Stories of tokens, roles and scopes. */
export function whoMay(world: () => World): void {
  describe('who may', () => {
    const write = '/RegisteredFlavors/redis/no-such-flavor';
    const read = '/RegisteredFlavors/redis';

    it('asks for a token, and says where to get one', async () => {
      const without = await world().anonymous.get(read);
      const garbage = await world().anonymous.get(read).set('X-Auth-Token', 'garbage');

      expect([refusal(without), refusal(garbage)]).toEqual([
        { status: 401, codes: ['registered-flavors.token.missing'] },
        { status: 401, codes: ['registered-flavors.token.invalid'] },
      ]);
      for (const { headers } of [without, garbage]) {
        expect(headers['www-authenticate']).toBe(`Keystone uri="${world().cloud.serviceEnvironment['OS_AUTH_URL']}"`);
      }
    });

    it.each(['member', 'reader'] as const)(
      'lets a %s read and not write, whatever is to be written',
      async (person) => {
        const forbidden = { status: 403, codes: ['registered-flavors.role.required'] };
        expect((await world().as(person).get(read)).status).toBe(200);
        expect(refusal(await world().as(person).post(write))).toEqual(forbidden);
        expect(refusal(await world().as(person).delete(write))).toEqual(forbidden);
      },
    );

    it('serves no token without a project', async () => {
      expect(refusal(await world().as('unscoped').get(read))).toEqual({
        status: 403,
        codes: ['registered-flavors.scope.project_required'],
      });
    });

    it('honours the access rules of an application credential', async () => {
      const token = await world().cloud.tokenWithAccessRules([
        { service: 'registered-flavors', method: 'GET', path: '/RegisteredFlavors/*' },
        { service: 'compute', method: 'HEAD', path: '/**' },
      ]);
      const { anonymous } = world();
      const refused = { status: 401, codes: ['registered-flavors.token.not_allowed'] };

      await anonymous.get('/RegisteredFlavors/redis,mysql').set('X-Auth-Token', token).expect(200);
      await anonymous.head(read).set('X-Auth-Token', token).expect(401);
      expect(refusal(await anonymous.post(write).set('X-Auth-Token', token))).toEqual(refused);
      const none = await world().cloud.tokenWithAccessRules([
        { service: 'compute', method: 'GET', path: '/RegisteredFlavors/*' },
      ]);
      expect(refusal(await anonymous.get(read).set('X-Auth-Token', none))).toEqual(refused);
    });

    it('serves a service that works for a user, and nobody who only says so', async () => {
      const { OS_USERNAME = '', OS_PASSWORD = '', OS_PROJECT_NAME = '' } = world().cloud.serviceEnvironment;
      const login = { username: OS_USERNAME, password: OS_PASSWORD, projectName: OS_PROJECT_NAME };
      const service = await world().cloud.client.token(login);
      const rules = [{ service: 'compute', method: 'GET', path: '/v2.1/**' }];
      const restricted = await world().cloud.tokenWithAccessRules(rules);
      const { member } = world().tokens;
      const ask = (token: string, serviceToken: string) =>
        world().anonymous.get(read).set({ 'X-Auth-Token': token, 'X-Service-Token': serviceToken });

      for (const token of [member, restricted]) expect((await ask(token, service)).status).toBe(200);
      expect((await world().as('member').post(write).set('X-Service-Token', service)).status).toBe(403);
      expect([refusal(await ask(member, 'garbage')), refusal(await ask(member, member))]).toEqual([
        { status: 401, codes: ['registered-flavors.token.invalid'] },
        { status: 401, codes: ['registered-flavors.token.not_allowed'] },
      ]);
      expect((await ask(member, '')).status).toBe(200);
    });

    it('never reads identity headers that a client sends', async () => {
      const forged = { 'X-Roles': 'admin', 'X-User-Id': 'root', 'X-Project-Id': 'p', 'X-Identity-Status': 'Confirmed' };
      expect((await world().as('member').post(write).set(forged)).status).toBe(403);
      expect((await world().anonymous.get(read).set(forged)).status).toBe(401);
    });

    it('writes no token into its log', () => {
      const log = world().service.log.join('\n');
      expect(log.length).toBeGreaterThan(0);
      for (const token of Object.values(world().tokens)) expect(log.includes(token)).toBe(false);
      expect(log.includes(world().cloud.serviceEnvironment['OS_PASSWORD'] ?? '')).toBe(false);
    });
  });
}
