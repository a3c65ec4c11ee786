import fc from 'fast-check';
import { nearestName } from '../../src/registrations/nearest-name';

describe('the nearest name', () => {
  const names = ['redis', 'mysql', 'mongodb', 'vertica', 'pg'];

  it.each([
    ['redi', 'redis'],
    ['rediss', 'redis'],
    ['rdeis', 'redis'],
    ['Redis', 'redis'],
    ['mysqk', 'mysql'],
    ['mongo-db', 'mongodb'],
    ['p', 'pg'],
    ['vretica', 'vertica'],
    ['postgres', undefined],
    ['', undefined],
    ['xx', undefined],
  ])('to "%s" is %s', (given, meant) => {
    expect(nearestName(given, names)).toBe(meant);
  });

  it('is the first of those that are equally near', () => {
    expect(nearestName('abcd', ['abce', 'abcf'])).toBe('abce');
  });

  it('is none where there are no names', () => {
    expect(nearestName('redis', [])).toBeUndefined();
  });

  it('is found for any text, and is the name itself when that is given', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(nearestName(text, [text, 'redis'])).toBe(text);
      }),
    );
  });

  it('counts each swap as a change', () => {
    expect([nearestName('badcef', ['abcdef']), nearestName('badcfe', ['abcdef'])]).toEqual(['abcdef', undefined]);
  });

  it('may differ by a third of the longer one', () => {
    expect([nearestName('abcde', ['abXdeY']), nearestName('abXdeY', ['abcde'])]).toEqual(['abXdeY', 'abcde']);
  });
});
