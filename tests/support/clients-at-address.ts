import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from './until';

/** In this time a flood has had its first answer, also on a busy machine. */

/** How often each status came. */
export type Statuses = ReadonlyMap<number, number>;

/** Clients of the service at an address of this machine: all of 127.0.0.0/8 is. */
export class ClientsAtAddress {
  private readonly agent: Agent;
  private sent = 0;

  constructor(
    private readonly url: string,
    localAddress: string,
  ) {
    this.agent = new Agent({ keepAlive: true, localAddress });
  }

  /** The status of a read with this token; 0 when the connection is closed before. */
  read(token: string): Promise<number> {
    return new Promise((resolve) => {
      const options = { agent: this.agent, headers: { 'X-Auth-Token': token } };
      let status = 0;
      const request = get(`${this.url}/RegisteredFlavors/redis`, options, (response) => {
        status = response.resume().statusCode ?? 0;
      });
      request.once('error', () => undefined).once('close', () => resolve(status));
    });
  }

  /** The same for each of these tokens, at once. */
  readAll(tokens: readonly string[]): Promise<number[]> {
    return Promise.all(tokens.map((token) => this.read(token)));
  }

  /**
   * Sends one made-up token after the other, on so many connections at once, for as long as the work lasts, which begins
   * with the first answer, and is told how often the flood was answered with each status so far.
   * @returns what came of the work, and the same at its end
   */
  async floodWhile<T>(
    connections: number,
    work: (statuses: Statuses) => Promise<T>,
  ): Promise<{ result: T; statuses: Statuses }> {
    const statuses = new Map<number, number>();
    let isOver = false;
    const answers = Array.from({ length: connections }, async () => {
      while (!isOver) {
        const status = await this.read(`gAAAAA-made-up-${(this.sent += 1)}`);
        if (!isOver) statuses.set(status, 1 + (statuses.get(status) ?? 0));
        // A refusal costs little: without a pause the flood would be nothing but refusals.
        if (status !== 401) await sleep(1000);
      }
    });
    try {
      await until(() => statuses.size > 0);
      return { result: await work(statuses), statuses };
    } finally {
      isOver = true;
      this.close();
      await Promise.all(answers);
    }
  }

  close(): void {
    this.agent.destroy();
  }
}
