import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';
import { type ConnectOptions, connectToAny } from './happy-eyeballs';

/**
 * Agents that keep connections, and make them as {@link connectToAny} does.
 * @param ca certificates (PEM) to trust instead of the system's
 */
export function createAgents(ca: string | undefined, connecting: ConnectOptions) {
  const trust = ca === undefined ? {} : { ca, allowPartialTrustChain: true }; // as curl
  return {
    httpAgent: new HttpAgent({ keepAlive: true }, connecting),
    // rejectUnauthorized is the default, but one that NODE_TLS_REJECT_UNAUTHORIZED=0 in the environment turns off
    httpsAgent: new HttpsAgent({ keepAlive: true, rejectUnauthorized: true, ...trust }, connecting),
  };
}

type Done = (error: Error | null, stream: Duplex) => void;

class HttpAgent extends http.Agent {
  readonly #connecting: ConnectOptions;

  constructor(options: http.AgentOptions, connecting: ConnectOptions) {
    super(options);
    this.#connecting = connecting;
  }

  override createConnection(options: http.ClientRequestArgs, done?: Done): undefined {
    tell(connectToAny(placeOf(options), this.#connecting), done);
  }
}

class HttpsAgent extends https.Agent {
  readonly #connecting: ConnectOptions;

  constructor(options: https.AgentOptions, connecting: ConnectOptions) {
    super(options);
    this.#connecting = connecting;
  }

  /** TLS begins on the connection that has been made. */
  override createConnection(options: https.RequestOptions, done?: Done): undefined {
    const secured = connectToAny(placeOf(options), this.#connecting).then((socket) =>
      super.createConnection(Object.assign(options, { socket })),
    );
    tell(secured as Promise<Duplex>, done);
  }
}

function placeOf({ host, port }: http.ClientRequestArgs): { host: string; port: number } {
  return { host: host ?? 'localhost', port: Number(port) };
}

function tell(made: Promise<Duplex>, done: Done | undefined): void {
  made.then(
    (stream) => done?.(null, stream),
    (error: Error) => (done as ((error: Error) => void) | undefined)?.(error),
  );
}
