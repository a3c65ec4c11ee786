import { FLAVOR_ID_PATTERN } from '../../src/registrations/flavor-id';
import { SERVICE_TYPE_PATTERN } from '../../src/registrations/service-type';

const quoted = (values: string[]) => values.map((value): [string, string] => [JSON.stringify(value), value]);

describe('FLAVOR_ID_PATTERN', () => {
  it.each(
    quoted([
      '0',
      '00',
      '1.0',
      'CASE',
      'case',
      'b1.small',
      '6c0f1d52-8a5e-4a57-9d0a-3b1f4d2e7c90',
      'with inner  spaces',
      '_',
      '-',
      '...',
      '.a',
      'a.',
      'detail',
      'a'.repeat(255),
    ]),
  )('takes what Nova takes: %s', (_, id) => {
    expect(FLAVOR_ID_PATTERN.test(id)).toBe(true);
  });

  it.each(
    quoted([
      '',
      ' ',
      ' a',
      'a ',
      ' a ',
      'a,b',
      'a/b',
      'a%20b',
      'a+b',
      'a:b',
      'a\tb',
      'a\nb',
      'a\u0000',
      'a\u00a0b',
      'ä',
      '\u0430', // Cyrillic
      '\uff17', // full width
      '\u017f', // long s: equal to s without regard to case
      '😀',
      'a'.repeat(256),
    ]),
  )('refuses what Nova refuses: %s', (_, id) => {
    expect(FLAVOR_ID_PATTERN.test(id)).toBe(false);
  });

  it.each(quoted(['abc\n', '.', '..']))('refuses what Nova takes but no URL carries: %s', (_, id) => {
    expect(FLAVOR_ID_PATTERN.test(id)).toBe(false);
  });
});

describe('SERVICE_TYPE_PATTERN', () => {
  it.each(quoted(['redis', 'mysql', 'a', '7', '0-day', 'a.b_c-d', 'postgresql-16', 'a..', 'a'.repeat(64)]))(
    'takes %s',
    (_, type) => {
      expect(SERVICE_TYPE_PATTERN.test(type)).toBe(true);
    },
  );

  it.each(
    quoted([
      '',
      ' ',
      'Redis',
      'rediS',
      ' redis',
      'redis ',
      'red is',
      'redis\n',
      '\nredis',
      '-redis',
      '.redis',
      '_redis',
      '.',
      '..',
      'redis,mysql',
      'redis/mysql',
      'redis%20',
      'rédis',
      '\u017f',
      '\u212a', // the sign for kelvin: equal to k without regard to case
      '\u0430', // Cyrillic
      'a'.repeat(65),
    ]),
  )('refuses %s', (_, type) => {
    expect(SERVICE_TYPE_PATTERN.test(type)).toBe(false);
  });
});
