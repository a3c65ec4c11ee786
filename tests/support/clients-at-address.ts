import { Agent, get } from 'node:http';

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
   * Sends one made-up token after the other, on so many connections at once, for as long as the work lasts.
   * @returns what came of the work, and the statuses that the flood was answered with
   */
  async floodWhile<T>(connections: number, work: () => Promise<T>): Promise<{ result: T; statuses: Set<number> }> {
    const statuses = new Set<number>();
    let isOver = false;
    const answers = Array.from({ length: connections }, async () => {
      while (!isOver) {
        const status = await this.read(`gAAAAA-made-up-${(this.sent += 1)}`);
        if (!isOver) statuses.add(status);
        if (status !== 401) await pause(1000); // it is not refusing that is to keep a machine busy here
      }
    });
    await pause(500); // the flood is under way
    try {
      return { result: await work(), statuses };
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
