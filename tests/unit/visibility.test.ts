import type { Flavor } from '../../src/registrations/flavor';
import type { FlavorAnswer } from '../../src/registrations/flavor-directory';
import type { Viewer } from '../../src/registrations/policy';
import { isVisible } from '../../src/registrations/visibility';

const ADMIN: Viewer = { is: 'admin' };
const PROJECT: Viewer = { is: 'project', projectId: 'p-1' };
const MISSING: FlavorAnswer = { status: 'missing' };

/** A flavor as Nova tells it; without `disabled` as from 2.102 on. */
function found(isPublic: boolean, disabled: boolean | undefined): FlavorAnswer {
  const flavor: Flavor = {
    id: 'b1.small',
    name: 'b1.small',
    description: null,
    ram: 1,
    vcpus: 1,
    disk: 1,
    ephemeral: 0,
    swap: 0,
    rxtxFactor: undefined,
    isPublic,
    isDisabled: disabled,
    extraSpecs: {},
  };
  return { status: 'found', flavor };
}

const withAccess = (answer: FlavorAnswer, access: ReadonlySet<string> | undefined): FlavorAnswer =>
  answer.status === 'found' ? { ...answer, access } : answer;

const open = (...projectIds: string[]): ReadonlySet<string> => new Set(projectIds);

/** What can be known of the access list. */
const ACCESS = { unknown: undefined, empty: open(), others: open('p-2', 'p-3'), ours: open('p-2', 'p-1') };

/** Whether the flavor is seen, for each that can be known of the access list. */
const seenBy = (viewer: Viewer, answer: FlavorAnswer) =>
  Object.fromEntries(
    Object.entries(ACCESS).map(([known, access]) => [known, isVisible(withAccess(answer, access), viewer)]),
  );

const ALWAYS = { unknown: true, empty: true, others: true, ours: true };
const NEVER = { unknown: false, empty: false, others: false, ours: false };
const WHEN_OPEN_TO_US = { unknown: false, empty: false, others: false, ours: true };

const TABLE = [
  { what: 'a public flavor', answer: found(true, false), toProject: ALWAYS },
  {
    what: 'a public flavor of a Nova that no longer tells of disabled',
    answer: found(true, undefined),
    toProject: ALWAYS,
  },
  { what: 'a public and disabled flavor', answer: found(true, true), toProject: NEVER },
  { what: 'a private flavor', answer: found(false, false), toProject: WHEN_OPEN_TO_US },
  {
    what: 'a private flavor of a Nova that no longer tells of disabled',
    answer: found(false, undefined),
    toProject: WHEN_OPEN_TO_US,
  },
  { what: 'a private and disabled flavor', answer: found(false, true), toProject: NEVER },
  { what: 'a flavor that Nova no longer has', answer: MISSING, toProject: NEVER },
];

describe('isVisible', () => {
  it.each(TABLE)('shows admins $what, whatever its access list', ({ answer }) => {
    expect(seenBy(ADMIN, answer)).toEqual(ALWAYS);
  });

  it.each(TABLE)('of $what, to a project: $toProject', ({ answer, toProject }) => {
    expect(seenBy(PROJECT, answer)).toEqual(toProject);
  });

  it.each(['P-1', 'p-11', 'p', ' p-1', ''])('takes "%s" for another project than p-1', (projectId) => {
    expect([
      isVisible(withAccess(found(false, false), open(projectId)), PROJECT),
      isVisible(withAccess(found(false, false), open('p-1')), { is: 'project', projectId }),
    ]).toEqual([false, false]);
  });
});
