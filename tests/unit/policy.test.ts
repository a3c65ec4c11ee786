import { RegisteredFlavorsError } from '../../src/errors';
import type { Caller, ProjectCaller } from '../../src/registrations/caller';
import { requireAdmin, requireReader, viewerFor, viewerKey } from '../../src/registrations/policy';

const ROLES = { reader: ['reader', 'service'], admin: ['admin', 'dbaas-admin'], service: ['service', 'control-plane'] };

const caller = (roles: string[], projectId = 'p-1'): ProjectCaller => ({
  userId: 'u-1',
  projectId,
  roles,
  accessRules: undefined,
});
const unscoped = (roles: string[]): Caller => ({ ...caller(roles), projectId: undefined });

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
      sees: viewerFor(caller(roles), undefined, ROLES),
    }).toEqual({ reads, writes, sees: writes ? { is: 'admin' } : { is: 'project', projectId: 'p-1' } });
  });

  it('takes a role for the same whatever its case in the settings, as oslo.policy does', () => {
    const roles = { reader: ['READER', 'Größe'], admin: ['Admin'], service: ['SERVICE'] };
    const admin = caller(['aDMIN']);
    expect({
      reads: [caller(['reader']), caller(['GRÖSSE']), caller(['GRÖßE']), admin].map(
        (each) => refusal(() => requireReader(each, roles)) === 'allowed',
      ),
      seesAll: viewerFor(admin, undefined, roles).is === 'admin',
      asAnother: [caller(['service']), admin].map((each) => viewerFor(each, 'p-2', roles)),
      handedOn: requireAdmin(admin, roles).roles,
    }).toEqual({
      reads: [true, false, true, true],
      seesAll: true,
      asAnother: [
        { is: 'project', projectId: 'p-2' },
        { is: 'project', projectId: 'p-2' },
      ],
      handedOn: ['aDMIN'],
    });
  });

  it('names the roles that would do, each once', () => {
    const both = { reader: ['reader', 'admin'], admin: ['admin'], service: ['service', 'admin'] };
    expect([
      refusal(() => requireReader(caller(['other']), both)),
      refusal(() => requireAdmin(caller(['reader']), both)),
      refusal(() => viewerFor(caller(['reader']), 'p-2', both)),
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
      {
        kind: 'forbidden',
        problems: [
          {
            code: 'registered-flavors.role.required',
            detail: "Reading with project_id takes one of these roles in the token's project: service, admin.",
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
    const nobody = { reader: [], admin: [], service: [] };
    expect([
      refusal(() => requireReader(caller(['admin']), nobody)),
      refusal(() => requireAdmin(caller(['admin']), nobody)),
      refusal(() => viewerFor(caller(['admin', 'service']), 'p-2', nobody)),
    ]).toEqual([
      expect.objectContaining({ kind: 'forbidden' }),
      expect.objectContaining({ kind: 'forbidden' }),
      expect.objectContaining({ kind: 'forbidden' }),
    ]);
  });

  it('hands the caller on, with the project', () => {
    const accessRules = [{ service: 'registered-flavors', method: 'GET', path: '/**' }];
    const admin: Caller = { ...caller(['admin'], 'p-2'), accessRules };
    const expected = { userId: 'u-1', projectId: 'p-2', roles: ['admin'], accessRules };
    expect([requireAdmin(admin, ROLES), requireReader(admin, ROLES)]).toEqual([expected, expected]);
  });

  it('does not let service roles read or write that are no reader and no admin roles', () => {
    const controlPlane = caller(['control-plane']);
    expect([
      refusal(() => requireReader(controlPlane, ROLES)),
      refusal(() => requireAdmin(controlPlane, ROLES)),
    ]).toEqual([expect.objectContaining({ kind: 'forbidden' }), expect.objectContaining({ kind: 'forbidden' })]);
  });
});

describe('viewerFor', () => {
  const ADMIN = { is: 'admin' };
  const OWN = { is: 'project', projectId: 'p-1' };
  const ASKED = { is: 'project', projectId: 'p-2' };
  const FORBIDDEN = {
    kind: 'forbidden',
    problems: [
      {
        code: 'registered-flavors.role.required',
        detail:
          "Reading with project_id takes one of these roles in the token's project: " +
          'service, control-plane, admin, dbaas-admin.',
      },
    ],
  };

  /** Through whose eyes, or the refusal. */
  function eyes(roles: string[], asProject: string | undefined): unknown {
    let viewer: unknown;
    const refused = refusal(() => (viewer = viewerFor(caller(roles), asProject, ROLES)));
    return refused === 'allowed' ? viewer : refused;
  }

  it.each([
    { roles: ['admin'], alone: ADMIN, asAnother: ASKED },
    { roles: ['dbaas-admin'], alone: ADMIN, asAnother: ASKED },
    { roles: ['ADMIN'], alone: ADMIN, asAnother: ASKED },
    { roles: ['service'], alone: OWN, asAnother: ASKED },
    { roles: ['Control-Plane'], alone: OWN, asAnother: ASKED },
    { roles: ['reader', 'service'], alone: OWN, asAnother: ASKED },
    { roles: ['service', 'admin'], alone: ADMIN, asAnother: ASKED },
    { roles: ['reader'], alone: OWN, asAnother: FORBIDDEN },
    { roles: ['other'], alone: OWN, asAnother: FORBIDDEN },
    { roles: ['services', 'control'], alone: OWN, asAnother: FORBIDDEN },
    { roles: [], alone: OWN, asAnother: FORBIDDEN },
  ])('of a caller with the roles $roles', ({ roles, alone, asAnother }) => {
    expect({ alone: eyes(roles, undefined), asAnother: eyes(roles, 'p-2') }).toEqual({ alone, asAnother });
  });

  it("takes a caller's own project for one like any other", () => {
    expect([eyes(['admin'], 'p-1'), eyes(['service'], 'p-1'), eyes(['reader'], 'p-1')]).toEqual([OWN, OWN, FORBIDDEN]);
  });

  it('takes the project as it was asked for', () => {
    const asked = ['P-2', 'no-such-project', ' p-2', ''];
    expect(asked.map((projectId) => eyes(['service'], projectId))).toEqual(
      asked.map((projectId) => ({ is: 'project', projectId })),
    );
  });
});

describe('the key of a viewer', () => {
  it('is the same for those who see the same, and for nobody else', () => {
    const viewers = [
      { is: 'admin' },
      { is: 'project', projectId: 'p-1' },
      { is: 'project', projectId: 'p-2' },
    ] as const;
    expect(viewers.map(viewerKey)).toEqual(['admin', 'project p-1', 'project p-2']);
  });
});
