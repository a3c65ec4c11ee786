import { contractBreaches } from '../support/contract-answers';
import { type HostileWorld, startHostileWorld, UNHARMED } from '../support/hostile/hostile-world';
import { answersTo, refusalOf, request } from '../support/hostile/raw-http';

const invalid = (what: string) => `registered-flavors.${what}.invalid`;

describe('hostile paths and queries', () => {
  let here: HostileWorld;
  beforeAll(async () => {
    here = await startHostileWorld();
    await here.send('POST', '/RegisteredFlavors/redis/1');
  });
  afterEach(() => expect(here.service.health).toEqual(UNHARMED));
  afterAll(async () => expect(await here.close()).toBe(0));

  const ask = async (line: string) => {
    const answers = await answersTo(here.service.url, request(line, [`X-Auth-Token: ${here.admin}`]));
    expect(answers).toHaveLength(1);
    return answers[0]!;
  };

  /** What no list may hold, for types and ids alike. */
  const badItems = [
    ['%2e%2e', '..'],
    ['..', '..'],
    ['.', '.'],
    ['%00', '\0'],
    ['a%00b', 'a\0b'],
    ['a%0d%0aX-Evil:%20b', 'a\r\nX-Evil: b'],
    ['a%09', 'a\t'],
    ['%20', ' '],
    ['%20a', ' a'],
    ['a%20', 'a '],
    ['a+b', 'a+b'],
    ['a;v=1', 'a;v=1'],
    ['a%2fb', 'a/b'],
    ['a%252fb', 'a%2fb'],
    ['%2e%2e%2fdetail', '../detail'],
    ['a%5cb', 'a\\b'],
    ['a#b', 'a#b'],
    ['%22%3cscript%3e', '"<script>'],
    ['%e2%82%ac', '€'],
    ['%F0%9F%98%80', '😀'],
    ['%ef%bb%bf', '\ufeff'],
    ['*', '*'],
    ['{serviceTypes}', '{serviceTypes}'],
    ['%F0%9D%9F%8F', '𝟏'],
  ];
  const badText = ['%zz', '%', 'a%', '%f', '%ff', '%c0%af', '%c0%80', '%e0%80%af', '%ed%a0%80', '%f4%90%80%80'];
  const emptyItems = [',', ',,,', 'a,', ',a', 'a,,b', '%2C', 'a%2C', 'a%2C%2Cb'];

  describe.each([
    ['GET', '/RegisteredFlavors/', 'service_type'],
    ['POST', '/RegisteredFlavors/redis/', 'flavor_id'],
    ['DELETE', '/RegisteredFlavors/redis/', 'flavor_id'],
  ])('%s %s...', (method, before, list) => {
    it.each(badItems)('refuses the item %s and quotes it decoded', async (item, decoded) => {
      const answer = await ask(`${method} ${before}${item}`);
      expect(refusalOf(answer)).toEqual({ status: 400, code: invalid(list), breaches: [] });
      expect(JSON.parse(answer.body).errors[0].detail).toContain(` is "${decoded}". `);
    });

    it.each(badText)('refuses %s, which is not text', async (text) => {
      const answer = await ask(`${method} ${before}${text}`);
      expect(refusalOf(answer)).toEqual({ status: 400, code: invalid('request'), breaches: [] });
    });

    it.each(emptyItems)('refuses the empty items of %s, each of them', async (items) => {
      const answer = await ask(`${method} ${before}${items}`);
      expect(refusalOf(answer)).toEqual({ status: 400, code: invalid(list), breaches: [] });
      const empty = decodeURIComponent(items)
        .split(',')
        .flatMap((item, index) =>
          item === '' ? [expect.stringMatching(`^Item ${index + 1} of \\w+ is empty\\.`)] : [],
        );
      expect(JSON.parse(answer.body).errors.map(({ detail }: { detail: string }) => detail)).toEqual(empty);
    });

    it('names up to 100 of 40,000 bad items', async () => {
      const answer = await ask(`${method} ${before}${','.repeat(40_000)}`);
      expect(refusalOf(answer)).toEqual({ status: 400, code: invalid(list), breaches: [] });
      expect(JSON.parse(answer.body).errors).toHaveLength(100);
    });
  });

  it.each([
    ['-redis', 400],
    ['.redis', 400],
    ['_redis', 400],
    ['Redis', 400],
    ['__proto__', 400],
    ['a'.repeat(65), 400],
    ['a'.repeat(64), 200],
    ['constructor', 200],
    ['hasownproperty', 200],
    [Array(20_000).fill('a').join(), 200],
  ])('reads the service types %.20s with %d', async (types, status) => {
    const answer = await ask(`GET /RegisteredFlavors/${types}`);
    expect([answer.status, contractBreaches('getRegisteredFlavors', answer)]).toEqual([status, []]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'detail', '...', 'a'.repeat(255), '1%20%202'])(
    'takes %.20s for a flavor ID like any other',
    async (id) => {
      const register = await ask(`POST /RegisteredFlavors/redis/${id}`);
      expect(refusalOf(register)).toEqual({ status: 404, code: 'registered-flavors.flavor.not_found', breaches: [] });
      const deregister = await ask(`DELETE /RegisteredFlavors/redis/${id}`);
      expect(refusalOf(deregister)).toEqual({
        status: 404,
        code: 'registered-flavors.registration.not_found',
        breaches: [],
      });
    },
  );

  it.each([
    '/./healthcheck',
    '/../healthcheck',
    '//healthcheck',
    '/%2fhealthcheck',
    '/healthcheck%00',
    '/healthcheck;a=b',
    '/healthcheck%2f',
    '/%68ealthcheck/',
    '/RegisteredFlavors%2fredis',
    '/RegisteredFlavors/redis/1/2',
    '/RegisteredFlavors/redis//1',
    '/%zz',
    '/%ff',
    '/%c0%af',
    '/__proto__',
    '/constructor',
    '*',
  ])('has nothing at %s', async (target) => {
    const answer = await ask(`GET ${target}`);
    expect(refusalOf(answer)).toEqual({ status: 404, code: 'registered-flavors.path.not_found', breaches: [] });
  });

  it('has nothing at *, whatever OPTIONS asks', async () => {
    const answer = await ask('OPTIONS *');
    expect(refusalOf(answer)).toEqual({ status: 404, code: 'registered-flavors.path.not_found', breaches: [] });
  });

  it.each([
    ['limit=1', 'limit'],
    ['a=1&a=2', 'a'],
    ['a[]=1', 'a[]'],
    ['a%5Bb%5D%5Bc%5D=1', 'a[b][c]'],
    ['__proto__=1', '__proto__'],
    ['__proto__[admin]=1', '__proto__[admin]'],
    ['project_id[__proto__]=x', 'project_id[__proto__]'],
    ['constructor=1', 'constructor'],
    ['=1', ''],
    ['[a]=1', '[a]'],
    ['%5B__proto__%5D=1', '[__proto__]'],
    ['serviceTypes=mysql', 'serviceTypes'],
    ['X-Auth-Token=x', 'X-Auth-Token'],
    ['%zz', '%zz'],
    ['%00', '\0'],
    ['a'.repeat(40_000), `${'a'.repeat(80)}...`],
  ])('refuses the query ?%.30s', async (query, name) => {
    const answer = await ask(`GET /RegisteredFlavors/redis?${query}`);
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'registered-flavors.query.unknown', breaches: [] });
    const takes = 'project_id, flavor_ids, name, extra_spec, min_vcpus, min_ram, min_disk, is_public, status, hydrate';
    const hint = /[[\]]/.test(name) ? '' : ` It takes: ${takes}.`; // brackets are refused before the operation is known
    const detail = `This operation takes no query parameter "${name}".${hint}`;
    expect(JSON.parse(answer.body).errors[0].detail).toBe(detail);
  });

  it.each(['', '&', '&&&'])('takes ?%s for no query at all', async (query) => {
    const answer = await ask(`GET /RegisteredFlavors/redis?${query}`);
    expect([answer.status, contractBreaches('getRegisteredFlavors', answer)]).toEqual([200, []]);
  });

  it.each(['a&project_id=b', '', '%00', 'a%0d%0ab', '..%2f', 'x'.repeat(65)])(
    'refuses ?project_id=%.30s, which is not one project',
    async (value) => {
      const answer = await ask(`GET /RegisteredFlavors/redis?project_id=${value}`);
      expect(refusalOf(answer)).toEqual({ status: 400, code: invalid('request'), breaches: [] });
    },
  );

  it.each(['project_id[]=x', 'project_id[a]=x', 'project_id[__proto__]=x'])('refuses ?%s', async (query) => {
    const answer = await ask(`GET /RegisteredFlavors/redis?${query}`);
    expect(refusalOf(answer)).toMatchObject({ status: 400, breaches: [] });
  });

  it('refuses 5,000 nested brackets like any other parameter', async () => {
    const answer = await ask(`GET /RegisteredFlavors/redis?a${'[b]'.repeat(5000)}=1`);
    expect(refusalOf(answer)).toEqual({ status: 400, code: 'registered-flavors.query.unknown', breaches: [] });
  });

  it.each([`${'&'.repeat(1000)}project_id=x`, Array.from({ length: 4000 }, (_, index) => `p${index}=1`).join('&')])(
    'refuses parameters that stand behind a thousand others, which no parser would have read: ?%.30s',
    async (query) => {
      const answer = await ask(`GET /RegisteredFlavors/redis?${query}`);
      expect(refusalOf(answer)).toEqual({ status: 400, code: invalid('request'), breaches: [] });
    },
  );

  it.each([
    ['project_id=', 'The query parameter project_id must not be empty.'],
    ['project_id=x?[y]=1', 'The query parameter project_id has characters that must be percent-encoded.'],
    ['project_id=a&project_id=b', 'The query parameter project_id must be given once.'],
  ])('says of ?%s what is wrong with it', async (query, detail) => {
    expect(JSON.parse((await ask(`GET /RegisteredFlavors/redis?${query}`)).body).errors[0].detail).toBe(detail);
  });

  it('says how many items are wrong beyond the hundred that it names', async () => {
    const { errors } = JSON.parse((await ask(`GET /RegisteredFlavors/${'A,'.repeat(200)}B`)).body) as {
      errors: { detail: string }[];
    };
    expect([errors.length, errors.at(-1)?.detail]).toEqual([100, '102 more things are wrong.']);
  });

  it.each([
    ['http://elsewhere/RegisteredFlavors/redis', 'getRegisteredFlavors', 200],
    ['HTTPS://elsewhere:99/healthcheck', 'getHealth', 200],
    ['http://elsewhere', 'getVersions', 200],
    ['http://elsewhere?a=b', 'getVersions', 400],
    ['http://elsewhere/nothing', 'getVersions', 404],
  ])('takes %s for what it is without scheme and host', async (target, operationId, status) => {
    const answer = await ask(`GET ${target}`);
    expect(answer.status).toBe(status);
    if (status === 200) expect(contractBreaches(operationId, answer)).toEqual([]);
  });

  it('has changed nothing through any of this', async () => {
    expect(await here.registered('redis,a,constructor')).toEqual(['1']);
  });
});
