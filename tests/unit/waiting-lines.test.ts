import { WaitingLines } from '../../src/openstack/waiting-lines';

function waiting(keys: readonly string[]): WaitingLines<string, string> {
  const lines = new WaitingLines<string, string>();
  for (const key of keys) lines.put(key, key);
  return lines;
}

function takeAll(lines: WaitingLines<string, string>): string {
  let taken = '';
  for (let next = lines.take(); next !== undefined; next = lines.take()) taken += next;
  return taken;
}

describe('what waits', () => {
  it('is taken oldest first when nobody stands in a line', () => {
    expect(takeAll(waiting([...'abcd']))).toBe('abcd');
  });

  it('is taken every other time from the lines, in turns, and once only', () => {
    const lines = waiting([...'abcdefgh']);
    lines.join([...'gfe'].values());
    lines.join([...'hg'].values());

    expect(takeAll(lines)).toBe('gahbfced');
  });

  it('for somebody of few is not behind all that is for somebody of many', () => {
    const many = Array.from({ length: 100 }, (_, index) => `${index}`);
    const lines = waiting([...many, 'few']);
    lines.join(many.values());
    lines.join(['few'].values());

    expect([lines.take(), lines.take(), lines.take()]).toContain('few');
  });

  it('goes on waiting when the one who stood in line has left', () => {
    const lines = waiting([...'abc']);
    const line = [...'c'].values();
    lines.join(line);
    lines.leave(line);

    expect(takeAll(lines)).toBe('abc');
  });

  it('is no longer there once it was taken', () => {
    const lines = waiting([...'abc']);
    lines.take();

    expect([lines.size, lines.get('a'), lines.get('b'), lines.takeAll(), lines.take()]).toEqual([
      2,
      undefined,
      'b',
      ['b', 'c'],
      undefined,
    ]);
  });
});
