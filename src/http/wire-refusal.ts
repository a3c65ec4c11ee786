import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { logInfo, type Logger } from '../logger';
import { overloaded } from './admission';
import { API_VERSION_HEADER, CURRENT_VERSION } from './api-version';
import { HttpFault } from './http-fault';
import { lingeringClose } from './lingering-close';
import { type ProblemOptions, renderError } from './problem';

export interface WireRefusalOptions extends ProblemOptions {
  readonly logger: Logger;
}

/**
 * Answers what Node's parser refused before there was a request: in the same shape as every other error, where Node
 * would send a bare status line or nothing.
 * @param target what is asked for by the request whose rest it was; undefined where there was no request yet
 */
export function refuseOnTheWire(
  error: NodeJS.ErrnoException,
  { socket, target }: { socket: Socket; target: string | undefined },
  options: WireRefusalOptions,
): void {
  const fault = faultOf(error);
  if (fault === undefined)
    socket.destroy(); // the connection itself is gone, or its client in the midst of a request: nobody is left to answer
  else sendRefusal(fault, socket, options, target);
}

/** Answers CONNECT, which Node hands over as a bare connection. */
export function refuseTunnel(socket: Socket, options: WireRefusalOptions): void {
  sendRefusal(malformed('This service is no proxy: CONNECT is not taken.'), socket, options);
}

/** Answers a connection that is one too many and on which no request came. */
export function refuseSurplus(socket: Socket, options: WireRefusalOptions): void {
  sendRefusal(overloaded(), socket, options);
}

function sendRefusal(fault: HttpFault, socket: Socket, options: WireRefusalOptions, target?: string): void {
  if (!socket.writable) return; // the answer is on its way already, and this is more of the same request
  const requestId = `req-${randomUUID()}`;
  const { status, headers, body } = renderError(fault, { requestId, target }, options);
  const { code, detail } = fault.problems[0]!;
  logInfo(options.logger, 'request', { request_id: requestId, status, code, detail });
  const content = JSON.stringify(body);
  const lines = Object.entries({
    ...headers,
    'X-OpenStack-Request-Id': requestId,
    [API_VERSION_HEADER]: CURRENT_VERSION,
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(content)),
    Connection: 'close',
  }).map(([name, value]) => `${name}: ${value}`);
  socket.write([`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`, ...lines, '', content].join('\r\n'));
  lingeringClose(socket);
}

function faultOf(error: NodeJS.ErrnoException): HttpFault | undefined {
  if (error.code === 'HPE_HEADER_OVERFLOW') {
    return new HttpFault('headers too large', {
      code: 'registered-flavors.headers.too_large',
      detail: 'The request line and headers together are larger than this service takes. Name fewer flavors at once.',
    });
  }
  if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new HttpFault('request timed out', {
      code: 'registered-flavors.request.timeout',
      detail: 'The request did not arrive in full in time.',
    });
  }
  if (error.code === 'HPE_INVALID_EOF_STATE') return undefined; // RFC 9112, 8: it may be answered
  return error.code?.startsWith('HPE_') === true ? malformed(whyNoRequest(error)) : undefined;
}

/** What is sent by mistake where HTTP has to be, by how it begins, and what would be right. */
const NO_HTTP: readonly (readonly [begins: string, what: string])[] = [
  ...['PROXY ', '\0\r\nQUIT\n'].map(
    // proxy-protocol.txt of HAProxy, 2.1 and 2.2; the parser passes over the empty lines of the second form
    (begins) =>
      [
        begins,
        'It begins with the PROXY protocol. Take "send-proxy" or "send-proxy-v2" out of the proxy\'s line for this server.',
      ] as const,
  ),
  [
    '\x16\x03', // a handshake of TLS (RFC 8446, 5.1)
    'It begins as TLS does. This service takes plain HTTP, and a proxy in front of it takes TLS: write http:// here.',
  ],
];

function whyNoRequest(error: NodeJS.ErrnoException & { rawPacket?: Buffer }): string {
  const first = error.rawPacket?.toString('latin1', 0, 16) ?? '';
  const mistake = NO_HTTP.find(([begins]) => first.startsWith(begins));
  return ['This is not a well-formed HTTP/1.1 request.', ...(mistake === undefined ? [] : [mistake[1]])].join(' ');
}

function malformed(detail: string): HttpFault {
  return new HttpFault('malformed', { code: 'registered-flavors.request.invalid', detail });
}
