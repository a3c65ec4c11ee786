import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';

const LOADER = path.join(__dirname, '..', 'support', 'run-typescript.cjs');

/** What a program can be told to do, by the name of the order. */
export type Orders = Readonly<Record<string, (input: never) => unknown>>;

interface Told {
  readonly number: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** A program of this folder in a process of its own: it shares its event loop with nobody. */
export class ChildProgram {
  private readonly waiting = new Map<number, { resolve: (result: never) => void; reject: (error: Error) => void }>();
  private orders = 0;

  private constructor(private readonly child: ChildProcess) {
    child.on('message', (told: Told) => {
      const who = this.waiting.get(told.number);
      this.waiting.delete(told.number);
      if (told.error === undefined) who?.resolve(told.result as never);
      else who?.reject(new Error(told.error));
    });
    child.once('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`a helping program ended: ${code ?? signal}`));
    });
  }

  /** Starts `NAME.ts` of this folder, which calls {@link obey}. */
  static start(name: string): ChildProgram {
    return new ChildProgram(fork(path.join(__dirname, `${name}.ts`), { execArgv: ['-r', LOADER] }));
  }

  /** Has it do something, and waits for what it says. */
  ask<Result>(order: string, input: unknown): Promise<Result> {
    this.orders += 1;
    const number = this.orders;
    return new Promise((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.child.send({ number, order, input });
    });
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** In the child: does what it is told, one order beside the other, and ends with the program that started it. */
export function obey(orders: Orders): void {
  process.on('disconnect', () => process.exit());
  process.on('message', (asked: { number: number; order: string; input: never }) => {
    void Promise.resolve()
      .then(() => orders[asked.order]!(asked.input))
      .then(
        (result) => process.send?.({ number: asked.number, result }),
        (error: unknown) => process.send?.({ number: asked.number, error: String(error) }),
      );
  });
}
