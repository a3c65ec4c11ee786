import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/haproxy';
import type { LongestTurn } from '../support/longest-turn';
import { type Program, ServiceProcess } from '../support/service-process';
import { forgetKeptFlavors } from './filled-registry';
import { type Answered, sendAsked } from './send-asked';
import { type Asked, FIRST_READS, type Operation, OPERATIONS, type Person, READS_OF_LITTLE } from './operations';
import { environmentOf, type Ground } from './stage';

/** How long one operation held up the event loop. */
export interface Turn {
  readonly what: string;
  readonly as: Person;
  /** Less what the machine gave to other programs, in the best of some rounds. */
  readonly longestMs: number;
  /** The same in the worst of them. */
  readonly worstMs: number;
  /** By the clock alone, in the best of them. */
  readonly byTheClockMs: number;
  readonly tookMs: number;
  readonly mostMs: number;
  readonly status: number;
  /** Whether it was answered as it should be, each time. */
  readonly hasStatus: boolean;
  readonly isMet: boolean;
}

const ROUNDS = 3;
type Print = (turn: Turn) => void;

/** So long the event loop is watched behind an answer: something may be done behind it. */
const SETTLE_MS = 100;
/** What is watched begins a moment before: the watch has to have looked once. */
const LEAD_MS = 20;
const RENEWAL_MS = 3000;
/** After it all that Nova says is in memory. */
const EVERYTHING: Asked = { path: '/RegisteredFlavors?name=nothing' };
const SEEN_BY_FEW = 10;
/** FLAVOR_CACHE_ENTRIES as it is without a setting; operators with more flavors are told to raise it. */
const REMEMBERED_FLAVORS = 20_000;

/**
 * Measures each operation on a ground: with what Nova says in memory; right after a start, with what Nova said kept in the
 * registry and without; with what is in memory renewed behind the read; and for a reader who sees few flavors.
 */
export async function turns(
  ground: Ground,
  program: Program,
  print: Print,
  words: readonly string[] = [],
): Promise<Turn[]> {
  const found = await turnsInMemory(ground, program, print, ROUNDS, words);
  const keep = (turn: Turn): void => {
    found.push(turn);
    print(turn);
  };
  for (const operation of named(FIRST_READS, words)) {
    keep(await atFirst(ground, program, onceMore(operation, 'first, with what is kept')));
    const askNova = (): void => forgetKeptFlavors(ground.databaseFile);
    keep(await atFirst(ground, program, onceMore(operation, 'first, with Nova asked'), askNova));
  }
  await withService(ground, program, { FLAVOR_TTL_SECONDS: '1' }, async (service) => {
    keep(await service.measure(onceMore(FIRST_READS[0]!, 'renewed behind it'), ROUNDS, RENEWAL_MS));
  });
  await ground.hideAllBut(SEEN_BY_FEW);
  forgetKeptFlavors(ground.databaseFile);
  await withService(ground, program, {}, async (service) => {
    await service.ask('reader', EVERYTHING);
    for (const operation of named(READS_OF_LITTLE, words)) {
      keep(await service.measure(onceMore(operation, 'seeing little'), ROUNDS));
    }
  });
  return found;
}

/** Each operation, with what Nova says in memory. */
export async function turnsInMemory(
  ground: Ground,
  program: Program,
  print: Print,
  rounds: number,
  words: readonly string[] = [],
): Promise<Turn[]> {
  const found: Turn[] = [];
  await withService(ground, program, {}, async (service) => {
    await service.ask('reader', EVERYTHING);
    for (const operation of named(OPERATIONS, words)) {
      found.push(await service.measure(operation, rounds));
      print(found.at(-1)!);
    }
  });
  return found;
}

/** With nothing in memory: each round has a service of its own. */
async function atFirst(
  ground: Ground,
  program: Program,
  operation: Operation,
  beforeStart = (): void => undefined,
): Promise<Turn> {
  const rounds: Round[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    beforeStart();
    rounds.push(await withService(ground, program, {}, (service) => service.once(operation, index, SETTLE_MS)));
  }
  return toTurn(operation, rounds);
}

function onceMore(operation: Operation, how: string): Operation {
  return { ...operation, what: `${operation.what}, ${how}` };
}

/** Those with one of the words in what they do; all of them without a word. */
function named(operations: readonly Operation[], words: readonly string[]): readonly Operation[] {
  return operations.filter(({ what }) => words.length === 0 || words.some((word) => what.includes(word)));
}

async function withService<Result>(
  ground: Ground,
  program: Program,
  settings: Record<string, string>,
  use: (service: MeasuredService) => Promise<Result>,
): Promise<Result> {
  const metricsPort = await freePort();
  const entries = Math.max(REMEMBERED_FLAVORS, 2 * ground.shape.flavors);
  const own = { METRICS_PORT: String(metricsPort), FLAVOR_CACHE_ENTRIES: String(entries), ...settings };
  const service = await ServiceProcess.start({ ...environmentOf(ground), ...own }, program);
  try {
    return await use(new MeasuredService(service, ground, `http://127.0.0.1:${metricsPort}`));
  } finally {
    await service.stop();
  }
}

type Round = LongestTurn & { tookMs: number; status: number };

function toTurn({ what, as, mostMs, status: expected }: Operation, rounds: readonly Round[]): Turn {
  const longest = rounds.map(({ ownMs }) => ownMs);
  const longestMs = Math.min(...longest);
  const status = rounds.find((each) => each.status !== expected)?.status ?? expected;
  return {
    ...{ what, as, longestMs, mostMs, status },
    worstMs: Math.max(...longest),
    byTheClockMs: Math.min(...rounds.map((each) => each.byTheClockMs)),
    tookMs: Math.min(...rounds.map((each) => each.tookMs)),
    hasStatus: status === expected,
    isMet: longestMs <= mostMs && status === expected,
  };
}

class MeasuredService {
  constructor(
    private readonly service: ServiceProcess,
    private readonly ground: Ground,
    private readonly metricsUrl: string,
  ) {}

  async ask(person: Person, asked: Asked): Promise<string> {
    return (await this.send(this.service.url, person, asked)).etag;
  }

  async measure(operation: Operation, rounds: number, settleMs = SETTLE_MS): Promise<Turn> {
    const measured: Round[] = [];
    for (let index = 0; index < rounds; index += 1) measured.push(await this.once(operation, index, settleMs));
    return toTurn(operation, measured);
  }

  async once({ as, ofMetrics, make }: Operation, round: number, settleMs: number): Promise<Round> {
    const asked = await make({
      shape: this.ground.shape,
      round,
      ask: (person, each) => this.ask(person, each),
    });
    const url = ofMetrics === true ? this.metricsUrl : this.service.url;
    await this.service.longestTurn();
    await sleep(LEAD_MS);
    const from = performance.now();
    const { status } = await this.send(url, as, asked);
    const tookMs = performance.now() - from;
    await sleep(settleMs);
    return { ...(await this.service.longestTurn()), tookMs, status };
  }

  private async send(url: string, person: Person, asked: Asked): Promise<Answered> {
    const { cloud } = this.ground;
    const token = { admin: cloud.admin, reader: cloud.reader, nobody: undefined }[person];
    return sendAsked(url, asked, token);
  }
}
