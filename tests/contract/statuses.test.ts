import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import { contractBreaches, documentedAnswers, helpBreaches } from '../support/contract-answers';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { untilWhole } from '../support/until-whole';
import { sendOnTheWire } from '../support/wire';
import { carryingBody, type Way } from './carrying-body';

const REQUEST_TIMEOUT_MS = 300;
const NOVA_TIMEOUT_MS = 1_000;
const PAGE = '/errors/registered-flavors.path.not_found';

describe('every documented status', () => {
  const disabled = path.join(os.tmpdir(), `disabled-${randomUUID()}`);
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld({
      REQUEST_TIMEOUT_MS: String(REQUEST_TIMEOUT_MS),
      NOVA_TIMEOUT_MS: String(NOVA_TIMEOUT_MS),
      MAX_CONCURRENT_REQUESTS: '1',
      HEALTHCHECK_DISABLE_BY_FILE_PATH: disabled,
    });
    await here.world.as('admin').post('/RegisteredFlavors/redis/1,2').expect(201);
  });
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    await Promise.all(undo.splice(0).map((each) => each()));
    here.stub.nova.heals();
    if (!here.stub.keystone.isUp) await here.stub.keystone.starts();
    await untilWhole(here.world.service.url);
  });
  afterAll(() => here.world.close());

  const admin = () => ({ 'X-Auth-Token': here.world.tokens.admin });
  const member = () => ({ 'X-Auth-Token': here.world.tokens.member });
  const fresh = () => ({ 'X-Auth-Token': here.stub.keystone.tokenFor('admin') });

  const loseATable = (table = 'registrations') => {
    const registry = new Database(here.world.service.databaseFile);
    registry.exec(`ALTER TABLE ${table} RENAME TO elsewhere`);
    undo.push(() => {
      registry.exec(`ALTER TABLE elsewhere RENAME TO ${table}`);
      registry.close();
    });
  };

  const onAnyPath: Record<string, Way> = {
    405: () => ({ method: 'PATCH' }),
    408: () => ({ unfinished: true }),
    413: () => ({ headers: { 'Content-Length': String(113 * 1024) } }),
    431: () => ({ headers: { 'X-Filler': 'x'.repeat(70_000) } }),
  };
  const onLockedPath: Record<string, Way> = {
    ...onAnyPath,
    400: () => ({ headers: { ...admin(), 'OpenStack-API-Version': 'registered-flavors one' } }),
    401: () => ({}),
    403: () => ({ headers: { 'X-Auth-Token': here.stub.keystone.tokenFor('portal', { scope: 'unscoped' }) } }),
    406: () => ({ headers: { ...admin(), 'OpenStack-API-Version': 'registered-flavors 1.1' } }),
    500: () => {
      loseATable();
      return { headers: admin() };
    },
    503: async () => {
      const headers = fresh();
      await here.stub.keystone.stops();
      return { headers };
    },
  };
  const onNovaPath = {
    ...onLockedPath,
    502: () => {
      here.stub.nova.answersGarbage();
      return { headers: admin() };
    },
    504: () => {
      here.stub.nova.hangs();
      return { headers: admin() };
    },
  } satisfies Record<string, Way>;
  /** While there is a place for one request, and one has it that waits for Nova. */
  const whileBusy: Way = async () => {
    here.stub.nova.hangs();
    here.stub.nova.resetRequests();
    const waiting = sendOnTheWire(here.world.service.url, { path: '/RegisteredFlavors/redis', headers: admin() });
    undo.push(() => waiting);
    while (here.stub.nova.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    return {};
  };

  /** Of what is the same until another version is started. */
  const constant = (path: string, more: Record<string, Way> = {}) => {
    const same: Way = () => ({ headers: { 'If-None-Match': '*' } });
    const withQuery: Way = () => ({ path: `${path}?a=b` });
    return {
      method: 'GET',
      path,
      ways: { ...onAnyPath, 200: () => ({}), 304: same, 400: withQuery, 503: whileBusy, ...more },
    };
  };

  const withBody = (ways: Record<string, Way>, body: unknown, sent?: Record<string, string>) =>
    carryingBody({ ...ways, 415: () => ({ headers: { ...admin(), 'Content-Type': 'text/plain' } }) }, body, sent);
  const ofEverything = { 'If-Match': '*' };

  const documentTooLarge = () => ({ headers: { 'Content-Length': String(256 * 1024 * 1024 + 1) } });

  const pair = '/RegisteredFlavors/redis/3';
  const operations: Record<string, { method: string; path: string; ways: Record<string, Way> }> = {
    getVersions: constant('/'),
    getHealth: {
      method: 'GET',
      path: '/healthcheck',
      ways: {
        ...onAnyPath,
        200: () => ({ headers: { Accept: 'application/json' } }),
        204: () => ({ method: 'HEAD' }),
        400: () => ({ path: '/healthcheck?a=b' }),
        503: () => {
          writeFileSync(disabled, '');
          undo.push(() => rmSync(disabled));
          return {};
        },
      },
    },
    getReadiness: {
      method: 'GET',
      path: '/readiness',
      ways: {
        ...onAnyPath,
        200: () => ({}),
        400: () => ({ path: '/readiness?a=b' }),
        503: () => {
          loseATable();
          return {};
        },
      },
    },
    getContract: constant('/openapi.json'),
    listErrorCodes: constant('/errors'),
    getErrorPage: constant(PAGE, { 404: () => ({ path: '/errors/registered-flavors.no.such' }) }),
    listRegisteredFlavors: {
      method: 'GET',
      path: '/RegisteredFlavors',
      ways: {
        ...onNovaPath,
        200: () => ({ headers: admin() }),
        304: () => ({ headers: { ...admin(), 'If-None-Match': '*' } }),
      },
    },
    registerManyFlavors: {
      method: 'POST',
      path: '/RegisteredFlavors',
      ways: {
        ...withBody(
          { ...onNovaPath, 201: () => ({ headers: admin() }), 403: () => ({ headers: member() }) },
          { service_types: ['mysql'], flavor_ids: ['4'] },
        ),
        ...withBody({ 200: () => ({ headers: admin() }) }, { service_types: ['redis'], flavor_ids: ['1'] }),
      },
    },
    getRegistrations: {
      method: 'GET',
      path: '/Registrations',
      ways: {
        ...onLockedPath,
        405: () => ({ method: 'DELETE' }),
        200: () => ({ headers: admin() }),
        304: () => ({ headers: { ...admin(), 'If-None-Match': '*' } }),
        403: () => ({ headers: member() }),
      },
    },
    replaceRegistrations: {
      method: 'PUT',
      path: '/Registrations',
      ways: {
        ...withBody(
          {
            ...onNovaPath,
            405: () => ({ method: 'DELETE' }),
            403: () => ({ headers: member() }),
            412: () => ({ headers: { ...admin(), 'If-Match': '"older"' } }),
          },
          { registrations: { redis: ['1', '2', '5'] } },
          ofEverything,
        ),
        ...withBody({ 200: () => ({ headers: admin() }) }, { registrations: { redis: ['1', '2'] } }, ofEverything),
        ...withBody({ 428: () => ({ headers: admin() }) }, { registrations: {} }),
        413: documentTooLarge,
      },
    },
    patchRegistrations: {
      method: 'PATCH',
      path: '/Registrations',
      ways: {
        ...withBody(
          {
            ...onNovaPath,
            405: () => ({ method: 'DELETE' }),
            403: () => ({ headers: member() }),
            412: () => ({ headers: { ...admin(), 'If-Match': '"older"' } }),
          },
          { registrations: { mysql: ['5'] } },
        ),
        ...withBody({ 200: () => ({ headers: admin() }) }, { registrations: { mysql: null } }),
        413: documentTooLarge,
      },
    },
    getServiceTypes: {
      method: 'GET',
      path: '/ServiceTypes',
      ways: {
        ...onNovaPath,
        200: () => ({ headers: admin() }),
        304: () => ({ headers: { ...admin(), 'If-None-Match': '*' } }),
        500: () => {
          loseATable('service_types');
          return { headers: admin() };
        },
        // An admin is shown all of them, and Nova is not asked.
        502: () => ({ ...onNovaPath[502](), headers: member() }),
        504: () => ({ ...onNovaPath[504](), headers: member() }),
      },
    },
    getRegistrationEvents: {
      method: 'GET',
      path: '/RegistrationEvents',
      ways: {
        ...onLockedPath,
        200: () => ({ headers: admin() }),
        403: () => ({ headers: member() }),
        500: () => {
          loseATable('registration_events');
          return { headers: admin() };
        },
      },
    },
    getRegisteredFlavors: {
      method: 'GET',
      path: '/RegisteredFlavors/redis',
      ways: {
        ...onNovaPath,
        200: () => ({ headers: admin() }),
        304: () => ({ headers: { ...admin(), 'If-None-Match': '*' } }),
      },
    },
    checkRegisteredFlavors: {
      method: 'GET',
      path: '/RegisteredFlavors/redis/1',
      ways: {
        ...onNovaPath,
        200: () => ({ headers: admin() }),
        304: () => ({ headers: { ...admin(), 'If-None-Match': '*' } }),
        404: () => ({ path: '/RegisteredFlavors/redis/no-such', headers: member() }),
      },
    },
    registerFlavors: {
      method: 'POST',
      path: pair,
      ways: {
        ...onNovaPath,
        200: () => ({ path: '/RegisteredFlavors/redis/1', headers: admin() }),
        201: () => ({ headers: admin() }),
        403: () => ({ headers: member() }),
        404: () => ({ path: '/RegisteredFlavors/redis/no-such', headers: admin() }),
      },
    },
    deregisterFlavors: {
      method: 'DELETE',
      path: pair,
      ways: {
        ...onLockedPath,
        200: () => ({ path: '/RegisteredFlavors/redis/2', headers: admin() }),
        403: () => ({ headers: member() }),
        404: () => ({ path: '/RegisteredFlavors/redis/no-such', headers: admin() }),
      },
    },
  };
  for (const operation of Object.values(operations)) {
    operation.ways[414] = () => ({ path: `${operation.path}?${'x'.repeat(55_000)}` });
  }

  it.each(documentedAnswers())('is reached, with an answer as documented: %s', async (documented) => {
    const [operationId = '', status = ''] = documented.split(' ');
    const operation = operations[operationId];
    const way = operation?.ways[status];
    if (operation === undefined || way === undefined) throw new Error(`nobody knows how to reach ${documented}`);
    const request = { ...operation, ...(await way()) };
    const answer = await sendOnTheWire(here.world.service.url, request);

    const odd = [...contractBreaches(operationId, answer), ...helpBreaches(request.path, answer)];
    expect({ status: answer.status, odd }).toEqual({ status: Number(status), odd: [] });
  });
});
