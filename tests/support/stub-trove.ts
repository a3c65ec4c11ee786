import { createRequestId, hostOf, queryOf, type StubAnswer, type StubRequest } from '../../src/stub/stub-http';
import { StubServer } from '../../src/stub/stub-server';

/** A version of a datastore; `flavors` are associated with it, all of them when absent. */
export interface StubVersion {
  readonly name: string;
  readonly flavors?: readonly string[];
  readonly active?: boolean;
}

/** The datastores of a Trove by their names, each with its versions. */
export type StubDatastores = Readonly<Record<string, readonly StubVersion[]>>;

/**
 * The lists of datastores and flavors that Trove's API has (trove/datastore/views.py and trove/flavor/views.py), over
 * real HTTP. The list of datastores comes in pages, as Trove's other lists do, with links to a host that is not there.
 */
export class StubTrove extends StubServer {
  datastores: StubDatastores = {};
  /** The public flavors of its Nova, which all versions without an association list. */
  flavors: string[] = [];
  /** Datastores on a page. */
  pageSize = 2;
  /** Called for each request before it is answered. */
  onRequest: (request: StubRequest) => void = () => undefined;

  get url(): string {
    return `http://127.0.0.1:${this.port}/v1.0/project`;
  }

  protected answer(request: StubRequest): StubAnswer {
    this.onRequest(request);
    const [, , , ...segments] = request.path.split('/').map(decodeURIComponent);
    if (segments.join('/') === 'flavors') return json(200, { flavors: this.flavors.map(render) });
    if (segments.join('/') === 'datastores') return this.page(request);
    const [, datastoreId, , versionId, last] = segments;
    const version = this.versions().find(({ id, parent }) => id === versionId && parent === datastoreId);
    if (version === undefined || last !== 'flavors') return this.errorAnswer(404);
    const listed = this.flavors.filter((id) => version.flavors?.includes(id) ?? true);
    return json(200, { flavors: listed.map(render) });
  }

  protected errorAnswer(status: number): StubAnswer {
    return json(status, { fault: { code: status, message: `Trove has failed\nwith ${status}` } });
  }

  private page(request: StubRequest): StubAnswer {
    const names = Object.keys(this.datastores);
    const first = Number(queryOf(request).get('marker') ?? '0');
    const next = first + this.pageSize;
    const path = `/v1.0/project/datastores?limit=${this.pageSize}&marker=${next}`;
    const links = next < names.length ? [{ rel: 'next', href: `https://inside.${hostOf(request)}${path}` }] : [];
    return json(200, {
      datastores: names.slice(first, next).map((name) => ({
        id: idOf(name),
        name,
        links: [],
        versions: this.datastores[name]!.map((version) => ({
          ...{ id: idOf(version.name), name: version.name, version: version.name, active: version.active ?? true },
        })),
      })),
      links,
    });
  }

  private versions(): (StubVersion & { id: string; parent: string })[] {
    return Object.entries(this.datastores).flatMap(([name, versions]) =>
      versions.map((version) => ({ ...version, id: idOf(version.name), parent: idOf(name) })),
    );
  }
}

/** Trove's are UUIDs; one that would break a URL shows what is not encoded. */
function idOf(name: string): string {
  return `${name}/?#%2f`;
}

function render(id: string): object {
  const isNumber = /^[1-9]\d*$/.test(id);
  return { id: isNumber ? Number(id) : null, links: [], name: `name of ${id}`, ram: 1, vcpus: 1, disk: 1, str_id: id };
}

function json(status: number, body: object): StubAnswer {
  const headers: [string, string][] = [
    ['Content-Type', 'application/json'],
    ['X-Openstack-Request-Id', createRequestId()],
  ];
  return { status, headers, body: JSON.stringify(body) };
}
