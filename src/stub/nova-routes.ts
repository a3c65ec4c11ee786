/** What a path below `/v2.1` asks for. */
export interface NovaRoute {
  action: NovaAction;
  /** The flavor id in the path; empty where there is none. */
  id: string;
  /** The project in the path, if any. */
  pathProject: string | undefined;
}

/** The calls about flavors that this Nova knows. */
export type NovaAction = (typeof actions)[keyof typeof actions];

const actions = {
  'GET index': 'list',
  'GET detail': 'detail',
  'GET id': 'show',
  'GET os-flavor-access': 'showAccess',
  'POST index': 'create',
  'POST action': 'changeAccess',
  'POST os-extra_specs': 'createExtraSpecs',
  'PUT id': 'update',
  'DELETE id': 'delete',
} as const satisfies Record<string, string>;

/** The route for a method and a decoded path; undefined where Nova's router has none (a trailing slash, a HEAD). */
export function findNovaRoute(method: string, path: string): NovaRoute | undefined {
  const match = /^\/(?:([0-9a-f-]+)\/)?flavors(?:\/([^/]+)(?:\/([^/]+))?)?$/.exec(path);
  if (match === null) return undefined;
  const [, pathProject, id = '', facet] = match;
  // `detail` is the list for a GET: a flavor of that id cannot be shown, but deleted.
  const isDetail = id === 'detail' && method === 'GET';
  const place = facet ?? (id === '' ? 'index' : isDetail ? 'detail' : 'id');
  const key = `${method} ${place}`;
  return isKnown(key) ? { action: actions[key], id, pathProject } : undefined;
}

function isKnown(key: string): key is keyof typeof actions {
  return Object.hasOwn(actions, key);
}
