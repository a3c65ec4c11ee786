import { seesAll } from '../../src/registrations/shown-flavor';
import type { ReadRequest } from '../../src/registrations/read-request';

describe('all that is registered, without a word of Nova,', () => {
  it.each([
    ['admin', false, true],
    ['admin', true, false],
    ['project', false, false],
    ['project', true, false],
  ] as const)('is seen by: %s, with details: %s: %s', (is, hydrate, expected) => {
    const viewer = is === 'admin' ? ({ is } as const) : ({ is, projectId: 'p-1' } as const);
    expect(seesAll(viewer, { hydrate } as ReadRequest)).toBe(expected);
  });
});
