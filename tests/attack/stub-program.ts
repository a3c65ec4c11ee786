import { startStubCloud, type StubCloud } from '../../src/stub/stub-cloud';
import { stubEnvironment } from '../support/stub-world';
import { obey } from './child-program';
import { flavorsOf, type Shape } from './shape';

/** Who has tokens of this cloud: the attacker very many, all of one user. */
export interface CloudHand {
  readonly environment: Record<string, string>;
  readonly attackers: readonly string[];
  readonly newcomers: readonly string[];
  readonly reader: string;
  readonly admin: string;
}

/** More than TOKEN_CACHE_ENTRIES. */
const TOKENS_OF_THE_ATTACKER = 12_000;
const NEWCOMERS = 500;
const TOKEN_LIFETIME_SECONDS = 24 * 3600;
const FORGETS_EVERY_MS = 1000;

let cloud: StubCloud;

obey({
  start: async ({ shape }: { shape: Shape }): Promise<CloudHand> => {
    cloud = await startStubCloud({ flavors: flavorsOf(shape), tokenLifetimeSeconds: TOKEN_LIFETIME_SECONDS });
    setInterval(() => {
      cloud.keystone.resetRequests(); // a flood of tokens would fill it
      cloud.nova.resetRequests();
    }, FORGETS_EVERY_MS);
    const tokens = (user: string, length: number) => Array.from({ length }, () => cloud.keystone.tokenFor(user));
    return {
      environment: stubEnvironment(cloud),
      attackers: tokens('bob', TOKENS_OF_THE_ATTACKER),
      newcomers: tokens('carol', NEWCOMERS),
      reader: cloud.keystone.tokenFor('carol'),
      admin: cloud.keystone.tokenFor('admin'),
    };
  },
  hideAllBut: ({ visible }: { visible: number }) => {
    for (const { id } of cloud.nova.flavors.slice(visible)) cloud.nova.change(id, { is_disabled: true });
  },
});
