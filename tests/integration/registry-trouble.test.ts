import { SERVICE } from '../support/service-process';
import { mayMount, registryTrouble, type TroubleRow } from '../torture/registry-trouble';

/** It needs a disk that is really full, and who may mount one: root, as a rule. */
const whereMountable = mayMount() ? describe : describe.skip;

whereMountable('a registry in trouble (skipped where no small disk can be mounted)', () => {
  let rows: Map<string, TroubleRow>;
  beforeAll(async () => {
    rows = new Map((await registryTrouble(SERVICE)).map((row) => [row.trouble, row]));
  });

  const REFUSED = '503 registry.unavailable';
  const none = ['POST', 'DELETE', 'PATCH', 'PUT'].map((method) => `${method} ${REFUSED}`).join('; ');

  it.each([
    ['locked by another process for longer than the wait', none, '200'],
    ['the file is moved away, and later back', none, REFUSED],
    ['the file is replaced by a copy', none, REFUSED],
    ['the file is replaced by an older backup', none, REFUSED],
    ['the file is replaced by an older backup, and the service killed', none, REFUSED],
  ])('%s: no write is acknowledged that is not done, and all is well when that is over', (trouble, writes, reads) => {
    expect(rows.get(trouble)).toEqual({ trouble, writes, reads, afterwards: expect.stringMatching(/^200/) });
  });

  it('the disk is full: reading goes on, what needs room is refused, and all is well when there is room', () => {
    const { writes, reads, afterwards } = rows.get('the disk is full')!;
    const [post, , patch, put] = writes.split('; ');
    expect([post, patch, put, reads]).toEqual([`POST ${REFUSED}`, `PATCH ${REFUSED}`, `PUT ${REFUSED}`, '200']);
    expect(afterwards).toMatch(/^200/);
  });
});
