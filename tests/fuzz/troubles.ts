import { renameSync } from 'node:fs';
import type { StubCloud } from '../../src/stub/stub-cloud';

/** How long Nova and Keystone are waited for. */
export const TIMEOUT_MS = 5000;

/** What is wrong with the world while requests are sent. */
export interface Trouble {
  readonly name: string;
  /** What errors of the service's own kind (5xx) may be about; nothing else may fail. */
  readonly causes: readonly string[];
  /** It is told of so long after it has ended: what was asked meanwhile is still waited for. */
  readonly lingersMs?: number;
  begins(stub: StubCloud, registry: string): unknown;
  ends(stub: StubCloud, registry: string): unknown;
}

const nova = (name: string, begins: (stub: StubCloud) => unknown): Trouble => ({
  name: `Nova ${name}`,
  causes: ['nova'],
  begins,
  ends: async ({ nova: its }) => {
    its.heals();
    if (!its.isUp) await its.starts();
  },
});
/** The token with which Nova is asked comes from Keystone, too. */
const keystone = (name: string, begins: (stub: StubCloud) => unknown): Trouble => ({
  name: `Keystone ${name}`,
  causes: ['keystone', 'nova'],
  begins,
  ends: async ({ keystone: its }) => {
    its.heals();
    if (!its.isUp) await its.starts();
  },
});

export const NO_TROUBLE: Trouble = { name: 'nothing', causes: [], begins: () => undefined, ends: () => undefined };

export const TROUBLES: readonly Trouble[] = [
  nova('is stopped', (stub) => stub.nova.stops()),
  { ...nova('does not answer', (stub) => stub.nova.hangs()), lingersMs: 1.5 * TIMEOUT_MS },
  nova('answers 500', (stub) => stub.nova.fails(500)),
  nova('answers 503', (stub) => stub.nova.fails(503)),
  nova('answers something else', (stub) => stub.nova.answersGarbage()),
  nova('cuts its answers off', (stub) => stub.nova.truncates()),
  nova('closes connections', (stub) => stub.nova.dropsConnections()),
  nova('is slow', (stub) => stub.nova.isSlow(20)),
  keystone('is stopped', (stub) => stub.keystone.stops()),
  { ...keystone('does not answer', (stub) => stub.keystone.hangs()), lingersMs: 1.5 * TIMEOUT_MS },
  keystone('answers 500', (stub) => stub.keystone.fails(500)),
  keystone('answers something else', (stub) => stub.keystone.answersGarbage()),
  {
    name: 'the registry is moved away',
    causes: ['registry'],
    begins: (_stub, registry) => renameSync(registry, `${registry}.away`),
    ends: (_stub, registry) => renameSync(`${registry}.away`, registry),
  },
];
