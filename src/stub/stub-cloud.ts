import { believableFlavors, type StubFlavor } from './stub-flavors';
import { StubKeystone } from './stub-keystone';
import { StubNova } from './stub-nova';

/** How the stub cloud is set up; everything has a sensible default. */
export interface StubCloudOptions {
  /** What Nova has; `believableFlavors()` when absent. */
  flavors?: readonly StubFlavor[];
  /** The region in the catalog; RegionOne when absent. */
  region?: string;
  /** Any free port when absent. */
  keystonePort?: number;
  /** Any free port when absent. */
  novaPort?: number;
  /** Nova's `[api]max_limit`; 1000 when absent. */
  maxLimit?: number;
  /** 2.93 when absent. */
  maxMicroversion?: string;
  /** 3600 when absent. */
  tokenLifetimeSeconds?: number;
}

/** A running Keystone and Nova. */
export interface StubCloud {
  /** `http://127.0.0.1:PORT/v3` */
  readonly authUrl: string;
  /** `http://127.0.0.1:PORT/v2.1` */
  readonly novaUrl: string;
  readonly keystone: StubKeystone;
  readonly nova: StubNova;
  close(): Promise<void>;
}

/** Starts a Keystone and a Nova on loopback, over real HTTP. */
export async function startStubCloud(options: StubCloudOptions = {}): Promise<StubCloud> {
  const keystone = new StubKeystone(options.tokenLifetimeSeconds ?? 3600);
  const nova = new StubNova(keystone, {
    flavors: options.flavors ?? believableFlavors(),
    maxLimit: options.maxLimit ?? 1000,
    maxMicroversion: options.maxMicroversion ?? '2.93',
  });
  const close = async () => {
    await Promise.all([keystone.stops(), nova.stops()]);
  };
  const starts = await Promise.allSettled([keystone.starts(options.keystonePort), nova.starts(options.novaPort)]);
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed !== undefined) {
    await close(); // One of the two may be up already.
    throw failed.reason;
  }
  keystone.addRegion(options.region ?? 'RegionOne', nova.url);
  return { authUrl: keystone.authUrl, novaUrl: nova.url, keystone, nova, close };
}
