import dns from 'node:dns';
import net from 'node:net';

/** How long the newest attempt is alone before the next address is tried beside it: RFC 8305's recommendation. */
const CONNECTION_ATTEMPT_DELAY_MS = 250;

/** Finds all addresses of a name, as `dns.lookup` does. */
export type Lookup = (
  hostname: string,
  options: { all: true },
  done: (error: Error | null, addresses: dns.LookupAddress[]) => void,
) => void;

export interface ConnectOptions {
  /** How names are looked up; as the system does when undefined. */
  readonly lookup: Lookup | undefined;
  /** How long the attempts may take together. */
  readonly connectTimeoutMs: number;
}

/**
 * Connects to the address of a name that answers first (RFC 8305, "Happy Eyeballs"): attempts begin one after the other,
 * and an earlier one goes on beside the later ones. Node's own way (`autoSelectFamily`) gives up on an address after
 * 250 ms, and never reaches one that takes longer; with more time for each, every connection would wait for a dead one.
 *
 * An attempt keeps no process alive.
 * @throws the error of the first attempt that failed, when all do
 */
export async function connectToAny(
  { host, port }: { readonly host: string; readonly port: number },
  { lookup = dns.lookup, connectTimeoutMs }: ConnectOptions,
): Promise<net.Socket> {
  const addresses = await new Promise<dns.LookupAddress[]>((resolve, reject) => {
    lookup(host, { all: true }, (error, found) => (error === null ? resolve(found) : reject(error)));
  });
  return new Promise((won, lost) => new Race(inTurn(addresses), port, { won, lost }).begin(connectTimeoutMs));
}

/** IPv6 and IPv4 in turn, beginning with what the resolver prefers: often all of one of the two is dead. */
function inTurn(addresses: readonly dns.LookupAddress[]): string[] {
  const preferred = addresses.filter(({ family }) => family === addresses[0]?.family);
  const others = addresses.filter((each) => !preferred.includes(each));
  const turns = Array.from({ length: addresses.length }, (_, index) => [preferred[index], others[index]]);
  return turns.flat().flatMap((each) => (each === undefined ? [] : [each.address]));
}

/** The attempts of one connection. */
class Race {
  private readonly underWay = new Set<net.Socket>();
  private firstError: Error | undefined;
  private next: NodeJS.Timeout | undefined;
  private end: NodeJS.Timeout | undefined;

  constructor(
    private readonly left: string[],
    private readonly port: number,
    private readonly outcome: { won: (winner: net.Socket) => void; lost: (error: Error) => void },
  ) {}

  begin(timeoutMs: number): void {
    this.end = setTimeout(() => this.lose(failure('ETIMEDOUT')), timeoutMs).unref();
    this.tryNext();
  }

  private tryNext(): void {
    clearTimeout(this.next);
    const address = this.left.shift();
    if (address !== undefined) this.attempt(address);
    else if (this.underWay.size === 0) this.lose(this.firstError ?? failure('ENOTFOUND'));
  }

  private attempt(host: string): void {
    const socket = net.connect({ host, port: this.port, noDelay: true }).unref();
    this.underWay.add(socket);
    socket.once('connect', () => this.win(socket));
    socket.once('error', (error) => this.fail(socket, error));
    if (this.left.length > 0) this.next = setTimeout(() => this.tryNext(), CONNECTION_ATTEMPT_DELAY_MS).unref();
  }

  private fail(socket: net.Socket, error: Error): void {
    this.firstError ??= error;
    this.underWay.delete(socket);
    this.tryNext();
  }

  private win(winner: net.Socket): void {
    this.underWay.delete(winner);
    winner.removeAllListeners('error').ref();
    this.endAll();
    this.outcome.won(winner);
  }

  private lose(error: Error): void {
    this.endAll();
    this.outcome.lost(error);
  }

  private endAll(): void {
    clearTimeout(this.next);
    clearTimeout(this.end);
    for (const socket of this.underWay) {
      socket.removeAllListeners('connect').removeAllListeners('error');
      socket.on('error', () => undefined).destroy();
    }
  }
}

function failure(code: 'ETIMEDOUT' | 'ENOTFOUND'): Error {
  return Object.assign(new Error(`no address has answered (${code})`), { code });
}
