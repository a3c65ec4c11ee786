import { stableId } from './stub-identities';

/** The three doors a service may be reached by. */
export type StubInterface = 'public' | 'internal' | 'admin';

/** One address for all interfaces, or one for each that exists. */
export type StubEndpoints = string | Partial<Record<StubInterface, string>>;

const interfaces: readonly StubInterface[] = ['public', 'internal', 'admin'];

interface Endpoint {
  id: string;
  interface: StubInterface;
  region_id: string;
  url: string;
  region: string;
}

/** The service catalog: Keystone itself, and Nova in one or more regions. */
export class StubCatalog {
  private readonly identity: Endpoint[] = [];
  private readonly compute: Endpoint[] = [];

  /** Adds Keystone's own endpoints. */
  addIdentity(region: string, endpoints: StubEndpoints): void {
    this.identity.push(...createEndpoints('identity', region, endpoints));
  }

  /** Adds Nova's endpoints in a region. */
  addCompute(region: string, endpoints: StubEndpoints): void {
    this.compute.push(...createEndpoints('compute', region, endpoints));
  }

  /** The catalog as it stands in a token. */
  render(): object[] {
    const services = [
      { endpoints: this.identity, id: stableId('service identity'), type: 'identity', name: 'keystone' },
      { endpoints: this.compute, id: stableId('service compute'), type: 'compute', name: 'nova' },
    ];
    return services.filter(({ endpoints }) => endpoints.length > 0);
  }
}

function createEndpoints(type: string, region: string, endpoints: StubEndpoints): Endpoint[] {
  return interfaces.flatMap((name) => {
    const url = typeof endpoints === 'string' ? endpoints : endpoints[name];
    if (url === undefined) return [];
    return [{ id: stableId(`${type} ${name} ${region}`), interface: name, region_id: region, url, region }];
  });
}
