import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { registryOf } from '../bench/cloud';
import type { WireAnswer } from '../support/contract-answers';
import { type Program, ServiceProcess } from '../support/service-process';
import { stubEnvironment } from '../support/stub-world';
import { untilWhole } from '../support/until-whole';
import { type StubCloud, startStubCloud } from '../../src/stub/stub-cloud';
import { believableFlavors, manyFlavors } from '../../src/stub/stub-flavors';
import { exchange } from './exchange';
import { codesOf, faultsOf, operationOf } from './faults-of';
import { KEPT } from './kept-requests';
import { registryFaults } from './registry-faults';
import { type Caller, type FuzzRequest, requests } from './requests';
import { NO_TROUBLE, TIMEOUT_MS, type Trouble, TROUBLES } from './troubles';

/** What came of a run in which nothing was wrong. */
export interface FuzzReport {
  readonly seed: number;
  readonly requests: number;
  readonly troubles: number;
  /** By operation: how often each kind of answer came. The empty name is for what belongs to no operation. */
  readonly answers: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** The error codes that came. */
  readonly codes: readonly string[];
  /** MiB in use after the first fifth, and at the end. */
  readonly memory: { readonly early: number; readonly late: number };
}

/** What a token looks like, whosever it is. */
const FERNET_TOKEN = /gAAAA[\w-]{20,}/;
const SENDERS = 6;
const REQUESTS_PER_SENDER = 30;
const REQUESTS_PER_ROUND = SENDERS * REQUESTS_PER_SENDER;
const MOST_GROWTH_MIB = 24;
const MIB = 1024 * 1024;
/** Nobody waits long for what does not answer. Caches may be full soon: what they take must not count as growth. */
const ENVIRONMENT = {
  ...{
    NOVA_TIMEOUT_MS: String(TIMEOUT_MS),
    NOVA_DEADLINE_MS: String(2 * TIMEOUT_MS),
    KEYSTONE_TIMEOUT_MS: String(TIMEOUT_MS),
    KEYSTONE_DEADLINE_MS: String(2 * TIMEOUT_MS),
  },
  ...{ UPSTREAM_PROBE_INTERVAL_MS: '20', FLAVOR_TTL_SECONDS: '1', ANSWER_CACHE_BYTES: String(4 * MIB) },
  ...{ VALIDATE_RESPONSES: 'true', SHUTDOWN_SECONDS: '2' },
};

/**
 * Sends at least so many requests, made from the contract with a seed, to a service of its own. In every other round
 * something is wrong with Nova, with Keystone or with the registry. Requests that have found something before come first.
 * @throws Error at the first answer that is not right, with the smallest request that fast-check finds for it; and when the
 *   service has ended, complained, logged a secret, or holds much more memory than before
 */
export async function fuzz(atLeast: number, seed: number, program: Program): Promise<FuzzReport> {
  const flavors = [...believableFlavors(), ...manyFlavors(40)];
  const stub = await startStubCloud({ flavors });
  const service = await ServiceProcess.start({ ...stubEnvironment(stub), ...ENVIRONMENT }, program);
  const run = new Run(stub, service, requests(flavors.map(({ id }) => id)));
  try {
    for (const { request } of KEPT) await run.send(request, NO_TROUBLE);
    const rounds = Math.ceil(atLeast / REQUESTS_PER_ROUND);
    let early = 0;
    for (let round = 0; round < rounds; round += 1) {
      const trouble = round % 2 === 0 ? NO_TROUBLE : TROUBLES[((round - 1) / 2) % TROUBLES.length]!;
      await run.round(trouble, seed + round * SENDERS);
      if (round === Math.floor(rounds / 5)) early = await run.memoryMib();
    }
    const late = await run.memoryMib();
    if (late - early > MOST_GROWTH_MIB) throw new Error(`memory grew from ${early} to ${late} MiB`);
    const faults = [...registryFaults(registryOf(service)), ...run.faultsOfService()];
    if (faults.length > 0) throw new Error(faults.join('\n'));
    const troubles = Math.min(TROUBLES.length, Math.floor(rounds / 2));
    return { seed, requests: run.sent, troubles, ...run.counts(), memory: { early, late } };
  } finally {
    await service.stop();
    await stub.close();
  }
}

class Run {
  sent = 0;
  private readonly answers: Record<string, Record<string, number>> = {};
  private readonly codes = new Set<string>();
  private readonly tokens: Readonly<Record<Caller, string | undefined>>;
  private readonly secrets: readonly string[];

  constructor(
    private readonly stub: StubCloud,
    private readonly service: ServiceProcess,
    private readonly any: fc.Arbitrary<FuzzRequest>,
  ) {
    const { keystone } = stub;
    this.tokens = {
      ...{ admin: keystone.tokenFor('admin'), service: keystone.tokenFor('portal'), nobody: `gAAAA${'b'.repeat(175)}` },
      ...{ member: keystone.tokenFor('alice'), reader: keystone.tokenFor('bob'), other: keystone.tokenFor('carol') },
      ...{ unscoped: keystone.tokenFor('portal', { scope: 'unscoped' }), none: undefined },
    };
    const { password } = keystone.credentials('flavorsvc');
    this.secrets = [password, ...Object.values(this.tokens).filter((token) => token !== undefined)];
  }

  /** Several senders at once, each with requests of its own, while something is wrong. */
  async round(trouble: Trouble, seed: number): Promise<void> {
    await trouble.begins(this.stub, registryOf(this.service));
    try {
      const sender = fc.asyncProperty(this.any, (request) => this.send(request, trouble));
      const numRuns = REQUESTS_PER_SENDER;
      const senders = Array.from({ length: SENDERS }, (_, index) => fc.assert(sender, { seed: seed + index, numRuns }));
      await Promise.all(senders);
    } finally {
      await trouble.ends(this.stub, registryOf(this.service));
    }
    await sleep(trouble.lingersMs ?? 0);
    await untilWhole(this.service.url);
  }

  /** @throws Error when the answer is not right */
  async send(request: FuzzRequest, trouble: Trouble): Promise<void> {
    const before = this.service.complaints.length;
    const answers = await exchange(this.service.url, request, this.tokens[request.caller]);
    const { ended, complaints } = this.service.health;
    const isUnharmed = ended === null && complaints.length === before;
    const harm = isUnharmed ? [] : [`the service has ended (${ended}) or complained: ${complaints.slice(before)}`];
    const faults = [...harm, ...faultsOf(request, answers, trouble.causes, this.secrets)];
    if (faults.length > 0) throw new Error(`while ${trouble.name}: ${faults.join('; ')}\n${JSON.stringify(answers)}`);
    this.count(request, answers[0]);
  }

  memoryMib(): Promise<number> {
    return this.service.memoryBytes().then((bytes) => Math.round(bytes / MIB));
  }

  counts(): Pick<FuzzReport, 'answers' | 'codes'> {
    return { answers: this.answers, codes: [...this.codes].sort() };
  }

  /** What the log shows that it must not. */
  faultsOfService(): string[] {
    const { output } = this.service;
    const secrets = this.secrets.filter((secret) => output.includes(secret)).map((secret) => `the log shows ${secret}`);
    secrets.push(...(FERNET_TOKEN.exec(output) ?? []).map((token) => `the log shows ${token}`)); // also the service's own
    const crashes = /^.*("code":"registered-flavors\.internal|unhandled).*$/im.exec(output);
    return crashes === null ? secrets : [...secrets, crashes[0]];
  }

  private count(request: FuzzRequest, answer: WireAnswer | undefined): void {
    this.sent += 1;
    const kind = answer === undefined ? 'left' : `${Math.floor(answer.status / 100)}xx`;
    const of = (this.answers[operationOf(request) ?? ''] ??= {});
    of[kind] = (of[kind] ?? 0) + 1;
    if (answer !== undefined) codesOf(answer).forEach((code) => this.codes.add(code));
  }
}
