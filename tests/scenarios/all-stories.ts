import type { World } from '../support/world';
import { checking } from './checking';
import { declaring } from './declaring';
import { deregistering } from './deregistering';
import { listing } from './listing';
import { novaAway } from './nova-away';
import { reading } from './reading';
import { registering } from './registering';
import { registeringByBody } from './registering-by-body';
import { remembering } from './remembering';
import { seeing } from './seeing';
import { whoMay } from './who-may';

/** Every story, for a world to play. The same ones run on the stub and on a real cloud: that keeps the stub honest. */
export function tellAllStories(world: () => World): void {
  registering(world);
  registeringByBody(world);
  declaring(world);
  reading(world);
  checking(world);
  listing(world);
  seeing(world);
  deregistering(world);
  remembering(world);
  novaAway(world);
  whoMay(world); // last: it reads the log of all the others
}
