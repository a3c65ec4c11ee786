import http from 'node:http';
import { ConfigError } from './config/config-error';
import { readListenAddress } from './config/listen-address';
import { EXIT_CODE } from './exit-code';

/*
 * A program of its own, for the health check of a container: asks GET /healthcheck of the service that runs with the same
 * settings, and ends with 0 when the answer is 200. As a command of main.ts it would load all of the service every few
 * seconds.
 */

const TIMEOUT_MS = 4_000;
/** Who listens on all addresses is asked on this one: `::` takes it as well, also where IPv6 is turned off. */
const LOOPBACK = '127.0.0.1';

function check(): void {
  const { host, port } = readListenAddress();
  const asked = ['0.0.0.0', '::'].includes(host) ? LOOPBACK : host;
  const url = `http://${asked.includes(':') ? `[${asked}]` : asked}:${port}/healthcheck`;
  const end = (outcome: string | number | undefined): void => {
    process.stdout.write(`${url}: ${outcome}\n`);
    process.exitCode = outcome === 200 ? 0 : EXIT_CODE.failure;
  };
  // An agent of its own: the environment can tell Node's to use a proxy.
  const request = http.get(url, { agent: false, timeout: TIMEOUT_MS }, (response) => {
    response.resume();
    end(response.statusCode);
  });
  request.once('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
  request.once('error', ({ message }) => end(message));
}

try {
  check();
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  process.stderr.write(`${error.mistakes.join('\n')}\n`);
  process.exitCode = EXIT_CODE.misconfigured;
}
