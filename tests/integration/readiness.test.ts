import { Writable } from 'node:stream';
import Database from 'better-sqlite3';
import supertest from 'supertest';
import winston from 'winston';
import { RegisteredFlavorsError } from '../../src/errors';
import { FairTurns } from '../../src/fairness/fair-turns';
import { createApp } from '../../src/http/app';
import { operationIdsOf, readContract } from '../../src/http/contract';
import { getReadiness, type ReadinessSources } from '../../src/http/operations/getReadiness';
import { refusal } from '../support/expectations';
import { PrometheusMeter } from '../../src/metrics/prometheus-meter';
import { startStubWorld, type StubWorld } from '../support/stub-world';
import { until } from '../support/until';

describe('readiness', () => {
  let here: StubWorld;
  beforeAll(async () => {
    here = await startStubWorld();
    await until(() => here.world.service.log.some((line) => line.includes('OpenStack is there'))); // it has looked
  });
  afterAll(() => here.world.close());

  const ask = () => here.world.anonymous.get('/readiness');

  it('is public, may not be used twice, and says what the service does without: nothing', async () => {
    const answer = await ask().expect(200);
    expect(answer.body).toEqual({ degraded: [] });
    expect(answer.headers['cache-control']).toBe('no-cache');
  });

  it('and health ask neither Keystone nor Nova, however often they are asked', async () => {
    here.stub.keystone.resetRequests();
    here.stub.nova.resetRequests();
    for (const path of ['/readiness', '/healthcheck', '/readiness', '/healthcheck']) {
      await here.world.anonymous.get(path).set('X-Auth-Token', 'nobody-reads-it').expect(200);
    }
    expect([...here.stub.keystone.requests, ...here.stub.nova.requests]).toEqual([]);
  });

  it.each(['/readiness', '/healthcheck'])(
    'of %s tells nothing of the inside: no version, address, file or program',
    async (path) => {
      const { headers, text } = await here.world.anonymous.get(path).expect(200);
      const known =
        /^(cache-control|connection|content-(length|type)|date|openstack-api-version|vary|x-openstack-request-id)$/;
      expect(Object.keys(headers).filter((name) => !known.test(name))).toEqual([]);
      expect(text).toMatch(/^(OK|\{"degraded":\[\]\})$/);
    },
  );

  it('has the same status and headers for HEAD, and no body', async () => {
    const answer = await here.world.anonymous.head('/readiness').expect(200);
    expect([answer.headers['content-type'], answer.text]).toEqual(['application/json; charset=utf-8', undefined]);
  });

  it('stays while Keystone and Nova are away: another replica would not reach them either', async () => {
    await here.stub.keystone.stops();
    await here.stub.nova.stops();
    try {
      await ask().expect(200);
    } finally {
      await here.stub.keystone.starts();
      await here.stub.nova.starts();
    }
  });

  it('goes at once when a newer version has migrated the registry, and comes back with it; all else is served', async () => {
    const registry = new Database(here.world.service.databaseFile);
    registry.exec("INSERT INTO __drizzle_migrations VALUES (99, 'newer', 4102444800000)");
    const answer = await ask().expect(503);
    expect(refusal(answer)).toEqual({ status: 503, codes: ['registered-flavors.registry.not_current'] });
    expect(answer.text).not.toContain('migrated'); // what is wrong with it is not for everybody
    expect(answer.headers['retry-after']).toBe('60');
    await here.world.anonymous.head('/readiness').expect(503);
    await here.world.as('member').get('/RegisteredFlavors/redis').expect(200);
    registry.exec('DELETE FROM __drizzle_migrations WHERE id = 99');
    registry.close();
    await ask().expect(200);
  });
});

const READY: ReadinessSources = {
  checkRegistry: () => undefined,
  isStopping: () => false,
  isOutOfService: () => false,
  degraded: () => [],
  logger: winston.createLogger({ silent: true }),
};

describe('readiness, of what it is told', () => {
  const contract = readContract();
  const appOn = (sources: Partial<ReadinessSources>) =>
    createApp({
      contract,
      handlers: new Map(operationIdsOf(contract).map((id) => [id, getReadiness({ ...READY, ...sources })])),
      requireWriter: () => undefined,
      measure: () => ({ registrations: 0, serviceTypes: 0 }),
      meter: new PrometheusMeter(),
      identifyCaller: () => Promise.reject(new Error('nobody needs a token for this')),
      peekCaller: () => undefined,
      fairTurns: new FairTurns(),
      logger: winston.createLogger({ silent: true }),
      maxConcurrentRequests: 100,
      maxHeaderBytes: 65_536,
      validateResponses: true,
      corsAllowedOrigins: undefined,
      errorHelpUrl: undefined,
      wwwAuthenticateUri: 'https://keystone.example/v3',
    });

  it('names what is away, anew at each request, and is 200', async () => {
    let degraded: ReturnType<ReadinessSources['degraded']> = ['keystone', 'nova'];
    const app = appOn({ degraded: () => degraded });
    expect((await supertest(app).get('/readiness').expect(200)).body).toEqual({ degraded: ['keystone', 'nova'] });
    degraded = ['nova'];
    expect((await supertest(app).get('/readiness').expect(200)).body).toEqual({ degraded: ['nova'] });
  });

  it('says first of all that it stops, and does not touch the registry for it', async () => {
    const checkRegistry = () => {
      throw new Error('asked');
    };
    const answer = await supertest(appOn({ isStopping: () => true, checkRegistry }))
      .get('/readiness')
      .expect(503);
    expect(refusal(answer)).toEqual({ status: 503, codes: ['registered-flavors.service.stopping'] });
    expect(answer.headers).toMatchObject({ 'retry-after': '2', 'cache-control': 'no-store' });
  });

  it('says that an operator has taken the process out of service', async () => {
    const answer = await supertest(appOn({ isOutOfService: () => true }))
      .get('/readiness')
      .expect(503);
    expect(refusal(answer)).toEqual({ status: 503, codes: ['registered-flavors.service.disabled'] });
    expect(answer.headers['retry-after']).toBe('30');
  });

  it('keeps what is wrong with the registry for the log, in a line for each change', async () => {
    const trouble = (words: string) =>
      new RegisteredFlavorsError(
        'unavailable',
        { code: 'registered-flavors.registry.unavailable', detail: `The registry ${words}.` },
        { retryAfterSeconds: 60, cause: { code: 'SQLITE_INNER' } },
      );
    const lines: unknown[] = [];
    const stream = new Writable({
      write: (line: Buffer, _encoding, done) => (lines.push(JSON.parse(String(line))), done()),
    });
    const logger = winston.createLogger({ transports: [new winston.transports.Stream({ stream })] });
    let now: Error | undefined;
    const checkRegistry = () => {
      if (now !== undefined) throw now;
    };
    const app = appOn({ checkRegistry, logger });
    const answers = [];
    for (now of [undefined, trouble('is damaged'), trouble('is damaged'), trouble('is on a full disk'), undefined])
      answers.push(await supertest(app).get('/readiness'));
    expect(answers.map(({ status }) => status)).toEqual([200, 503, 503, 503, 200]);
    expect(refusal(answers[1]!)).toEqual({ status: 503, codes: ['registered-flavors.registry.unavailable'] });
    expect(answers[1]!.headers['retry-after']).toBe('60');
    for (const { text } of answers) expect(text).not.toMatch(/damaged|disk|SQLITE/);
    const fields = { code: 'registered-flavors.registry.unavailable', cause: 'SQLITE_INNER' };
    expect(lines).toEqual([
      { level: 'warn', message: 'not ready', ...fields, detail: 'The registry is damaged.' },
      { level: 'warn', message: 'not ready', ...fields, detail: 'The registry is on a full disk.' },
      { level: 'info', message: 'ready again: the registry can be used' },
    ]);
  });

  it('hides what nobody foresaw', async () => {
    const checkRegistry = () => {
      throw new Error('/var/lib/secret.db broke');
    };
    const answer = await supertest(appOn({ checkRegistry })).get('/readiness').expect(500);
    expect(answer.text).not.toContain('secret');
  });
});
