import { randomUUID } from 'node:crypto';
import http from 'node:http';

const PAUSE_MS = 5;
const ANSWER_WITHIN_MS = 20_000;

/** Clients that register, read and deregister one after the other, each over one connection that it keeps. */
export class SteadyLoad {
  /** How many requests had the answer that they should have. */
  answered = 0;
  /** The longest that one of them took. */
  slowestMs = 0;
  /** Every request that had another answer, or none. */
  readonly lost: string[] = [];
  /** The service types whose registration was acknowledged and stands. */
  readonly standing = new Set<string>();
  private isOver = false;
  private readonly clients: Promise<void>[];

  constructor(
    private readonly url: string,
    private readonly token: string,
    clients: number,
  ) {
    this.clients = Array.from({ length: clients }, (_, index) => this.play(`load-${randomUUID()}-${index}`));
  }

  /** Lets each client end its turn. */
  async end(): Promise<void> {
    this.isOver = true;
    await Promise.all(this.clients);
  }

  private async play(name: string): Promise<void> {
    // Node's own agent never sends a request a second time: what is lost here is lost.
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    for (let turn = 0; !this.isOver; turn += 1) {
      const type = `${name}-${turn}`;
      if (!(await this.ask(agent, 'POST', `/RegisteredFlavors/${type}/1`, 201))) continue; // what follows builds on it
      this.standing.add(type);
      await this.ask(agent, 'GET', `/RegisteredFlavors/${type}`, 200, (body) => body.includes('"flavor_id":"1"'));
      if (turn % 2 === 1 && (await this.ask(agent, 'DELETE', `/RegisteredFlavors/${type}/1`, 200))) {
        this.standing.delete(type);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    agent.destroy();
  }

  private async ask(
    agent: http.Agent,
    method: string,
    path: string,
    expected: number,
    isRight: (body: string) => boolean = () => true,
  ): Promise<boolean> {
    const from = performance.now();
    const came = await this.send(agent, method, path).catch(
      (error: NodeJS.ErrnoException) => error.code ?? error.message,
    );
    this.slowestMs = Math.max(this.slowestMs, performance.now() - from);
    const isLost = typeof came === 'string' || came.status !== expected || !isRight(came.body);
    if (isLost) {
      const seen = typeof came === 'string' ? came : `${came.status} ${came.body.slice(0, 200)}`;
      this.lost.push(`${new Date().toISOString()} ${method} ${path}: ${seen}`);
    } else this.answered += 1;
    return !isLost;
  }

  private send(agent: http.Agent, method: string, path: string): Promise<{ status: number; body: string }> {
    return new Promise((resolve, reject) => {
      const request = http.request(
        this.url + path,
        { agent, method, headers: { 'X-Auth-Token': this.token }, timeout: ANSWER_WITHIN_MS },
        (response) => {
          let body = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
          response.on('end', () => resolve({ status: response.statusCode ?? 0, body })).on('error', reject);
        },
      );
      request.on('timeout', () => request.destroy(new Error('no answer')));
      request.on('error', reject).end();
    });
  }
}
