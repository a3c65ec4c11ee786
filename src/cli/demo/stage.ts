import { setTimeout as wait } from 'node:timers/promises';
import type { StubFlavor } from '../../stub/stub-flavors';
import { type Answer, check, type Expectation, outcomesOf, readAnswer } from './answer';
import type { Printer } from './printer';
import type { Visitor, World } from './world';

const ANSWER_TIMEOUT_MS = 40_000;
const LOOK_AGAIN_MS = 50;

type Sized = Pick<StubFlavor, 'id' | 'name' | 'vcpus' | 'ram' | 'disk'>;

/** Where the story is played: asks the service over HTTP, shows what it answers and holds it against what it has to be. */
export class Stage {
  private chapters = 0;
  private answers = 0;

  constructor(
    readonly world: World,
    private readonly printer: Printer,
    private readonly options: { signal: AbortSignal; pauseMs: number },
  ) {}

  /** How many answers were as expected so far. */
  get answersAsTold(): number {
    return this.answers;
  }

  /** Begins a chapter, after a moment to read the one before. */
  async chapter(title: string, ...sentences: string[]): Promise<void> {
    const { signal, pauseMs } = this.options;
    await wait(pauseMs, undefined, { signal });
    this.chapters += 1;
    this.printer.heading(`${this.chapters}. ${title}`);
    this.printer.say(...sentences);
  }

  /** Waits until the service has found out that what it needs is there again. */
  async recovers(): Promise<void> {
    const signal = AbortSignal.any([this.options.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    for (;;) {
      const readiness = (await (await fetch(`${this.world.service.url}/readiness`, { signal })).json()) as {
        degraded: string[];
      };
      if (readiness.degraded.length === 0) return;
      await wait(LOOK_AGAIN_MS, undefined, { signal });
    }
  }

  /** Tells what happens outside of HTTP. */
  say(...sentences: string[]): void {
    this.printer.verbatim('');
    this.printer.say(...sentences);
  }

  /**
   * Sends a request such as `GET /RegisteredFlavors/redis`.
   * @throws NotAsTold when something else comes back than expected
   */
  async ask(visitor: Visitor, line: string, expected: Expectation): Promise<void> {
    this.printer.request(visitor, line);
    const answer = await this.send(visitor, line);
    this.printer.status(answer.status, answer.headers);
    this.show(answer);
    check(`${visitor}> ${line}`, answer, expected, this.world.cloud.nova.flavors);
    this.answers += 1;
  }

  /** Shows some of Nova's flavors. */
  showNova(flavors: readonly StubFlavor[]): void {
    this.printer.verbatim('');
    this.printer.table([
      [...SIZE_COLUMNS, 'ACCESS'],
      ...flavors.map((flavor) => [...sizeCells(flavor), flavor.is_public === false ? 'private' : 'public']),
    ]);
  }

  private async send(visitor: Visitor, line: string): Promise<Answer> {
    const [method = '', target = ''] = line.split(' ');
    const headers: Record<string, string> = visitor === 'nobody' ? {} : { 'X-Auth-Token': this.world.tokens[visitor] };
    const url = `${this.world.service.url}${target}`;
    const signal = AbortSignal.any([this.options.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]);
    return readAnswer(await fetch(url, { method, headers, signal }));
  }

  private show(answer: Answer): void {
    const { registered_flavors: flavors, errors } = answer.body;
    if (answer.text !== undefined) this.printer.say(answer.text);
    this.printer.say(...outcomesOf(answer));
    for (const { code, detail } of errors ?? []) this.printer.problem(code, detail);
    if (flavors === undefined) return;
    this.printer.table([
      [...SIZE_COLUMNS, 'TYPES', 'STATUS'],
      ...flavors.map(({ flavor_id: id, flavor, service_types: types, status }) => [
        ...(flavor === null ? [id, '-', '-', '-', '-'] : sizeCells(flavor)),
        types.join(),
        status,
      ]),
    ]);
  }
}

const SIZE_COLUMNS = ['ID', 'NAME', 'VCPU', 'RAM', 'DISK'];

function sizeCells({ id, name, vcpus, ram, disk }: Sized): string[] {
  return [id, name, String(vcpus), ram % 1024 === 0 ? `${ram / 1024} GiB` : `${ram} MiB`, `${disk} GiB`];
}
