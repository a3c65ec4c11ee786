import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much as the service may be set to take, so that it is the service that refuses. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** A proxy that serves a service below a path. */
export interface PrefixProxy {
  /** With the prefix, and no slash behind it. */
  readonly url: string;
  close(): Promise<void>;
}

/** Starts a proxy that takes a prefix away and sends on the rest of each target as it came. */
export async function startPrefixProxy(serviceUrl: string, prefix: string): Promise<PrefixProxy> {
  const server = http.createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (request, response) => {
    const { method, headers, url = '' } = request;
    if (!url.startsWith(`${prefix}/`)) {
      response.writeHead(404).end('not below the prefix');
      return;
    }
    const onward = http.request(serviceUrl, { method, headers, path: url.slice(prefix.length) }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    onward.flushHeaders(); // the body may never come
    request.pipe(onward);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    close: async () => {
      server.close().closeAllConnections();
      await once(server, 'close');
    },
  };
}
