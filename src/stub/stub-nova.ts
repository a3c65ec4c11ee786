import { FlavorShelf, isVisibleTo, type Onlooker, type ShelvedFlavor } from './flavor-shelf';
import {
  brokenNova,
  flavorNotFound,
  middlewareUnauthorized,
  novaFault,
  novaJson,
  renderFlavor,
  versionDocuments,
  type NovaCall,
} from './nova-answers';
import { NovaFaults } from './nova-faults';
import { listFlavors, listForEver } from './nova-flavor-list';
import * as writes from './nova-flavor-writes';
import { malformedVersion, refuseCall } from './nova-refusals';
import { findNovaRoute, type NovaRoute } from './nova-routes';
import * as microversion from './nova-version';
import { keystoneUnavailable, routerNotFound } from './router-answers';
import type { StubFlavor } from './stub-flavors';
import { decodePath, headerOf, hostOf, queryOf, type StubAnswer, type StubRequest } from './stub-http';
import type { StubKeystone } from './stub-keystone';
import { isFresh, projectIdOfToken, rolesOf, type StubToken } from './stub-tokens';

/** How this Nova is set up. */
export interface NovaOptions {
  flavors: readonly StubFlavor[];
  /** Operators set it; a page holds no more, whatever limit is asked for. */
  maxLimit: number;
  maxMicroversion: string;
}

/** Nova's flavors over real HTTP. */
export class StubNova extends NovaFaults {
  maxLimit: number;
  private highest: microversion.Microversion;
  private readonly shelf = new FlavorShelf();
  /** Tokens that were valid once go on working until they expire, as with keystonemiddleware's cache. */
  private readonly seenTokens = new Map<string, StubToken>();

  constructor(
    private readonly keystone: StubKeystone,
    options: NovaOptions,
  ) {
    super();
    this.maxLimit = options.maxLimit;
    this.highest = microversion.readMicroversion(options.maxMicroversion);
    this.add(...options.flavors);
  }

  /** What the catalog names. */
  get url(): string {
    return `http://127.0.0.1:${this.port}/v2.1`;
  }

  /** Every flavor there is, in the order of their ids. */
  get flavors(): readonly StubFlavor[] {
    return this.shelf.list();
  }

  /** How many requests would have changed something: any method but GET and HEAD. */
  get writes(): number {
    return this.requests.filter(({ method }) => method !== 'GET' && method !== 'HEAD').length;
  }

  /** The highest microversion it speaks. */
  get maxMicroversion(): string {
    return microversion.renderMicroversion(this.highest);
  }

  set maxMicroversion(version: string) {
    this.highest = microversion.readMicroversion(version);
  }

  /** Creates flavors. */
  add(...flavors: StubFlavor[]): void {
    for (const flavor of flavors) this.shelf.add(flavor);
  }

  /** Deletes a flavor for good: its id may be used again. */
  remove(id: string): void {
    if (!this.shelf.remove(id)) throw new Error(`there is no flavor ${id}`);
  }

  /** Changes a flavor in place. Nova's own API changes no more than description, extra_specs and access. */
  change(id: string, changes: Partial<Omit<StubFlavor, 'id'>>): void {
    Object.assign(this.shelf.get(id), changes);
  }

  /** Lets a project use a private flavor. */
  grant(id: string, projectId: string): void {
    const flavor = this.shelf.get(id);
    flavor.projects = [...new Set([...flavor.projects, projectId])];
  }

  /** Takes a project's access to a private flavor away. */
  revokeAccess(id: string, projectId: string): void {
    const flavor = this.shelf.get(id);
    flavor.projects = flavor.projects.filter((project) => project !== projectId);
  }

  /** Ids match without regard to case and trailing spaces, as where Nova keeps them in MySQL or MariaDB. */
  matchesIdsLikeMariaDb(): void {
    this.shelf.matchLikeMariaDb();
  }

  protected override errorAnswer(status: number): StubAnswer {
    return brokenNova(status, this.keystone.authUrl);
  }

  /** In Nova's order: versions for anybody, then the token, then the route, the microversion and the project. */
  protected override answer(request: StubRequest): StubAnswer | undefined {
    const path = decodePath(request.path);
    if (path === undefined) return undefined;
    const documents = versionDocuments(hostOf(request), this.highest);
    if (path === '/') return documents.root;
    const [, prefix, rest = ''] = /^\/(v2(?:\.1)?)(\/.*)?$/s.exec(path) ?? [];
    if (prefix === undefined) return routerNotFound(request);
    if (rest === '' || rest === '/') return documents.own;
    const token = this.authenticate(request);
    if ('status' in token) return token;
    const route = findNovaRoute(request.method, rest);
    return route === undefined ? routerNotFound(request) : this.dispatch(route, prefix, token, request);
  }

  private authenticate(request: StubRequest): StubToken | StubAnswer {
    const refused = middlewareUnauthorized(this.keystone.authUrl);
    const value = headerOf(request, 'X-Auth-Token');
    if (!value || this.quirks.strike('rejectsTokens', request)) return refused;
    const seen = this.seenTokens.get(value);
    if (seen !== undefined) return isFresh(seen) ? seen : refused;
    if (!this.keystone.isUp) return keystoneUnavailable(request);
    const token = this.keystone.findValidToken(value);
    if (token === undefined) return refused;
    this.seenTokens.set(value, token);
    return token;
  }

  private dispatch(route: NovaRoute, prefix: string, token: StubToken, request: StubRequest): StubAnswer {
    const asked = prefix === 'v2' ? microversion.lowest : microversion.askedMicroversion(request, this.highest);
    if (typeof asked === 'string') return malformedVersion(asked);
    const caller = this.onlookerOf(token, request);
    const call = { prefix, host: hostOf(request), version: asked, caller, pathProject: route.pathProject };
    return refuseCall(call, this.highest) ?? this.act(route, call, request);
  }

  private onlookerOf(token: StubToken, request: StubRequest): Onlooker {
    const isAdmin = rolesOf(token).includes('admin') && this.quirks.strike('noAdmin', request) === undefined;
    return { isAdmin, projectId: projectIdOfToken(token), refusedPolicies: this.refusedPolicies };
  }

  private act({ action, id }: NovaRoute, call: NovaCall, request: StubRequest): StubAnswer {
    switch (action) {
      case 'list':
        return this.list(call, request, false);
      case 'detail':
        return this.list(call, request, true);
      case 'show':
        return this.show(call, id, request);
      case 'showAccess':
        return writes.showAccess(this.shelf, call, id);
      case 'create':
        return writes.createFlavor(this.shelf, call, request);
      case 'changeAccess':
        return writes.changeAccess(this.shelf, call, id, request);
      case 'createExtraSpecs':
        return writes.createExtraSpecs(this.shelf, call, id, request);
      case 'update':
        return writes.updateFlavor(this.shelf, call, id, request);
      case 'delete':
        return writes.deleteFlavor(this.shelf, call, id);
    }
  }

  private list(call: NovaCall, request: StubRequest, isDetailed: boolean): StubAnswer {
    const query = queryOf(request);
    const marker = query.get('marker');
    if (marker !== null && this.quirks.strike('losesMarker', request)) {
      return novaFault(call, 400, `marker [${marker}] not found`);
    }
    if (marker !== null && this.quirks.strike('loops', request)) query.delete('marker');
    const endless = this.quirks.strike('endless', request);
    if (endless !== undefined) return listForEver(this.shelf, call, endless.size);
    const size = this.quirks.strike('shortPages', request)?.size ?? Infinity;
    return listFlavors(this.shelf, call, { query, isDetailed, pageSize: Math.min(this.maxLimit, size) });
  }

  private show(call: NovaCall, id: string, request: StubRequest): StubAnswer {
    const { caller } = call;
    if (!caller.isAdmin && caller.projectId === undefined) return novaFault(call, 403, 'Forbidden');
    const wrong = this.quirks.strike('wrongId', request);
    const found = wrong === undefined ? this.shelf.find(id) : this.disguised(id, wrong.id);
    if (found === undefined || !isVisibleTo(found, caller)) return flavorNotFound(call, id);
    return novaJson(call, { flavor: renderFlavor(found, call) });
  }

  private disguised(id: string, as: string): ShelvedFlavor | undefined {
    const flavor = this.shelf.find(as) ?? this.shelf.find(id) ?? this.shelf.list()[0];
    return flavor && { ...flavor, id: as };
  }
}
