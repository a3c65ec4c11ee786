// Run by StoreProcess in a process of its own: one order in JSON a line on stdin, one answer in JSON a line on stdout.
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import type { RegistrationStore } from '../../src/registrations/registration-store';
import { openStore } from '../../src/store/open-store';
import { flavors, provenance } from './examples';
import type { Order } from './store-process';

let store: RegistrationStore | undefined;
let locking: Database.Database | undefined;

async function obey(order: Order): Promise<unknown> {
  switch (order.do) {
    case 'open':
      store = (await openStore(order)).registrations;
      return 'opened';
    case 'register': {
      let registered = 0;
      for (const flavor of flavors(...order.flavorIds)) {
        registered += (await store!.register(order.serviceTypes, [flavor], provenance())).registered.length;
      }
      return registered;
    }
    case 'close':
      await store!.close();
      return 'closed';
    case 'lock':
      locking = new Database(order.path);
      locking.exec('BEGIN IMMEDIATE');
      return 'locked';
    case 'release':
      locking!.exec('ROLLBACK');
      return 'released';
    case 'become nobody':
      if (process.getuid!() === 0) process.setuid!(65534);
      return 'nobody';
  }
}

function answer(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}

async function run(): Promise<void> {
  answer('ready');
  for await (const line of createInterface({ input: process.stdin })) {
    answer(await obey(JSON.parse(line) as Order).catch((error: Error) => `${error.name}: ${error.message}`));
  }
}

void run();
