import { RegisteredFlavorsError } from '../errors';
import type { Caller, ProjectCaller } from './caller';

/** Which roles may do what. Keystone has expanded implied roles already. */
export interface RoleLists {
  /** May read. */
  readonly reader: readonly string[];
  /** May do everything, and see private, disabled and missing flavors. */
  readonly admin: readonly string[];
  /** May read as another project sees it: a control plane asks with its own token for its tenant. */
  readonly service: readonly string[];
}

/** Through whose eyes registered flavors are seen. */
export type Viewer = { readonly is: 'admin' } | { readonly is: 'project'; readonly projectId: string };

/** A text that is the same for viewers who see the same. */
export function viewerKey(viewer: Viewer): string {
  return viewer.is === 'admin' ? 'admin' : `project ${viewer.projectId}`;
}

/** Throws `forbidden` unless the caller may read, in a project's scope. */
export function requireReader(caller: Caller, roles: RoleLists): ProjectCaller {
  return requireRole(caller, [...roles.reader, ...roles.admin], 'Reading');
}

/**
 * Through whose eyes a caller reads: an admin's, its own project's, or those of the project it asks for.
 * Throws `forbidden` when it may not ask for another project.
 */
export function viewerFor(caller: ProjectCaller, asProject: string | undefined, roles: RoleLists): Viewer {
  if (asProject !== undefined) {
    requireRole(caller, [...roles.service, ...roles.admin], 'Reading with project_id');
    return { is: 'project', projectId: asProject };
  }
  return hasOneOf(caller, roles.admin) ? { is: 'admin' } : { is: 'project', projectId: caller.projectId };
}

/** Throws `forbidden` unless the caller may do what is for admins, in a project's scope. */
export function requireAdmin(caller: Caller, roles: RoleLists, what = 'Registering and deregistering'): ProjectCaller {
  return requireRole(caller, roles.admin, what);
}

function requireRole(caller: Caller, allowed: readonly string[], what: string): ProjectCaller {
  if (!hasProject(caller)) {
    throw new RegisteredFlavorsError('forbidden', {
      code: 'registered-flavors.scope.project_required',
      detail: 'The token is not scoped to a project. Ask Keystone for a token with a project scope.',
    });
  }
  if (!hasOneOf(caller, allowed)) {
    throw new RegisteredFlavorsError('forbidden', {
      code: 'registered-flavors.role.required',
      detail: `${what} takes one of these roles in the token's project: ${[...new Set(allowed)].join(', ')}.`,
    });
  }
  return caller;
}

function hasProject(caller: Caller): caller is ProjectCaller {
  return caller.projectId !== undefined;
}

/** Role names are compared without regard to case, as oslo.policy does. */
function hasOneOf(caller: Caller, allowed: readonly string[]): boolean {
  return caller.roles.some((role) => allowed.some((name) => isSameRole(role, name)));
}

function isSameRole(one: string, other: string): boolean {
  return one === other || one.toLowerCase() === other.toLowerCase();
}
