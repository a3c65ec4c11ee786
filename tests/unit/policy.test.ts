import { RegisteredFlavorsError } from '../../src/errors';
import type { Caller } from '../../src/registrations/caller';
import { isAdmin, requireAdmin, requireReader } from '../../src/registrations/policy';

const ROLES = { reader: ['reader', 'service'], admin: ['admin', 'dbaas-admin'] };

const caller = (roles: string[], projectId: string | undefined = 'p-1'): Caller => ({
  userId: 'u-1',
  projectId,
  roles,
});
const unscoped = (roles: string[]): Caller => ({ userId: 'u-1', projectId: undefined, roles });

function refusal(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    if (error instanceof RegisteredFlavorsError) return { kind: error.kind, problems: error.problems };
    throw error;
  }
  return 'allowed';
}

const PROJECT_REQUIRED = {
  kind: 'forbidden',
  problems: [
    {
      code: 'registered-flavors.scope.project_required',
      detail: 'The token is not scoped to a project. Ask Keystone for a token with a project scope.',
    },
  ],
};

describe('the policy', () => {
  it.each([
    { roles: ['reader'], reads: true, writes: false },
    { roles: ['service'], reads: true, writes: false },
    { roles: ['admin'], reads: true, writes: true },
    { roles: ['dbaas-admin'], reads: true, writes: true },
    { roles: ['other', 'reader', 'admin'], reads: true, writes: true },
    { roles: ['other'], reads: false, writes: false },
    { roles: ['administrator', 'read'], reads: false, writes: false },
    { roles: ['Reader'], reads: true, writes: false },
    { roles: ['DBaaS-Admin'], reads: true, writes: true },
    { roles: ['admin ', ' reader'], reads: false, writes: false },
    { roles: ['ädmin'], reads: false, writes: false },
    { roles: [], reads: false, writes: false },
  ])('of a caller with the roles $roles: reads $reads, writes $writes', ({ roles, reads, writes }) => {
    const allowed = (act: () => unknown) => refusal(act) === 'allowed';
    expect({
      reads: allowed(() => requireReader(caller(roles), ROLES)),
      writes: allowed(() => requireAdmin(caller(roles), ROLES)),
      seesAll: isAdmin(caller(roles), ROLES),
    }).toEqual({ reads, writes, seesAll: writes });
  });

  it('takes a role for the same whatever its case in the settings, as oslo.policy does', () => {
    const roles = { reader: ['READER', 'Größe'], admin: ['Admin'] };
    const admin = caller(['aDMIN']);
    expect({
      reads: [caller(['reader']), caller(['GRÖSSE']), caller(['GRÖßE']), admin].map(
        (each) => refusal(() => requireReader(each, roles)) === 'allowed',
      ),
      seesAll: isAdmin(admin, roles),
      handedOn: requireAdmin(admin, roles).roles,
    }).toEqual({ reads: [true, false, true, true], seesAll: true, handedOn: ['aDMIN'] });
  });

  it('names the roles that would do, each once', () => {
    const both = { reader: ['reader', 'admin'], admin: ['admin'] };
    expect([
      refusal(() => requireReader(caller(['other']), both)),
      refusal(() => requireAdmin(caller(['reader']), both)),
    ]).toEqual([
      {
        kind: 'forbidden',
        problems: [
          {
            code: 'registered-flavors.role.required',
            detail: "Reading takes one of these roles in the token's project: reader, admin.",
          },
        ],
      },
      {
        kind: 'forbidden',
        problems: [
          {
            code: 'registered-flavors.role.required',
            detail: "Registering and deregistering takes one of these roles in the token's project: admin.",
          },
        ],
      },
    ]);
  });

  it('asks for a project first, of admins too', () => {
    expect([
      refusal(() => requireReader(unscoped(['reader']), ROLES)),
      refusal(() => requireAdmin(unscoped(['admin']), ROLES)),
      refusal(() => requireAdmin(unscoped([]), ROLES)),
    ]).toEqual([PROJECT_REQUIRED, PROJECT_REQUIRED, PROJECT_REQUIRED]);
  });

  it('lets nobody through whose role list is empty', () => {
    expect(refusal(() => requireReader(caller(['admin']), { reader: [], admin: [] }))).toMatchObject({
      kind: 'forbidden',
    });
  });

  it('hands the caller on, with the project', () => {
    expect(requireAdmin(caller(['admin'], 'p-2'), ROLES)).toEqual({
      userId: 'u-1',
      projectId: 'p-2',
      roles: ['admin'],
    });
  });
});
