import { setMaxListeners } from 'node:events';
import os from 'node:os';
import { ALL_ATTACKERS } from './attackers/all-attackers';
import { Tally } from './attackers/tally';
import { obey } from './child-program';
import type { Shape } from './shape';

export interface AttackOrder {
  readonly name: string;
  readonly url: string;
  readonly shape: Shape;
  readonly tokens: readonly string[];
  readonly seconds: number;
  readonly seed: number;
}

/** Attackers come over the network: this one must not take the processor from the service that shares it. */
const NICENESS = 10;

os.setPriority(NICENESS);
obey({
  attack: async ({ name, seconds, ...place }: AttackOrder) => {
    const signal = AbortSignal.timeout(seconds * 1000);
    setMaxListeners(0, signal);
    const tally = new Tally();
    const attacker = ALL_ATTACKERS.find((each) => each.name === name)!;
    await attacker.attack({ ...place, signal, tally });
    return tally.all;
  },
});
