import type { Clock } from '../clock';
import type { NextTurn } from './in-turns';
import type { Provenance } from './registration';

/** A request that an application credential may be used for, as its owner wrote it down in Keystone. */
export interface AccessRule {
  /** The type of the service in the catalog. */
  readonly service: string;
  readonly method: string;
  /** With `*` and `{name}` for one segment, `**` for any number of them. */
  readonly path: string;
}

/** Who calls, as Keystone vouches for. */
export interface Caller {
  readonly userId: string;
  /** Undefined when the token is not scoped to a project. */
  readonly projectId: string | undefined;
  readonly roles: readonly string[];
  /** Undefined when the token may be used for everything. */
  readonly accessRules: readonly AccessRule[] | undefined;
}

/** A caller whose token is scoped to a project: the only kind that this service serves. */
export type ProjectCaller = Caller & { readonly projectId: string };

/** One call as the use cases see it. */
export interface CallContext {
  readonly caller: Caller;
  readonly requestId: string;
  /** The id that ties together the logs of all services that worked on this request. */
  readonly globalRequestId: string;
  /** The global id when the client sent one itself. */
  readonly inboundGlobalRequestId: string | undefined;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
  /** Asked between pieces of long work, so that no call holds up the others. */
  readonly nextTurn: NextTurn;
}

/** Who changes the registry, when and with which request. */
export function provenanceOf(call: CallContext, caller: ProjectCaller, clock: Clock): Provenance {
  return {
    userId: caller.userId,
    projectId: caller.projectId,
    requestId: call.requestId,
    globalRequestId: call.inboundGlobalRequestId,
    at: clock.now(),
  };
}
