import { mistakesWith, read } from './support/settings';

describe.each(['HOST', 'METRICS_HOST'])('%s', (name) => {
  const hostOf = (value: string) => {
    const { http, metrics } = read({ METRICS_PORT: '0', [name]: value });
    return name === 'HOST' ? http.host : metrics!.host;
  };

  it.each([
    ['0.0.0.0', '0.0.0.0'],
    ['::', '::'],
    ['[::1]', '::1'],
    ['fe80::1%eth0', 'fe80::1%eth0'],
    // The system may name ::1 first, and proxies ask 127.0.0.1.
    ['localhost', '127.0.0.1'],
    ['LocalHost', '127.0.0.1'],
  ])('may be %s, and means %s', (value, expected) => {
    expect(hostOf(value)).toBe(expected);
  });

  it.each(['x86_64-conda-linux-gnu', 'controller-1', '127.0.0.1:8788', '[127.0.0.1', 'http://127.0.0.1', '*'])(
    'is no name, which a shell may have set: %s',
    (value) => {
      expect(mistakesWith({ [name]: value })).toEqual([
        `${name} must be an IP address to listen on, such as 127.0.0.1, 0.0.0.0 or ::, not "${value}" (some shells set HOST by themselves, and the environment wins over .env).`,
      ]);
    },
  );
});

describe('words', () => {
  it.each([
    ['INFO', 'info'],
    ['Debug', 'debug'],
    ['warning', 'warn'],
    ['WARNING', 'warn'],
    ['warn', 'warn'],
  ])('LOG_LEVEL=%s, as platforms set it for every container, means %s', (value, expected) => {
    expect(read({ LOG_LEVEL: value }).log.level).toBe(expected);
  });

  it('may be in upper case', () => {
    const { log, http } = read({ LOG_FORMAT: 'TEXT', VALIDATE_RESPONSES: 'True' });
    expect([log.format, http.validateResponses]).toEqual(['text', true]);
  });

  it.each(['loud', 'constructor', '__proto__'])('are refused as they were written: LOG_LEVEL=%j', (value) => {
    expect(mistakesWith({ LOG_LEVEL: value })).toEqual([
      `LOG_LEVEL must be one of error, warn, info, debug, not "${value}".`,
    ]);
  });
});
