import http from 'node:http';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from './attacker';
import { randomNumbers } from './random';

/** One request of an attacker. */
export interface AttackRequest {
  readonly method?: string;
  readonly path: string;
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

/** Makes up the n-th request. */
export type MakeRequest = (number: number, random: (below: number) => number) => AttackRequest;

/** A pause of who was refused at the door, so that the door is not all that is measured. */
const PAUSE_MS = 20;

/** Asks again as soon as it is answered, over so many connections that are kept. */
export async function askOver(target: Target, connections: number, make: MakeRequest): Promise<void> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections }); // a place for each: nobody waits in it
  target.signal.addEventListener('abort', () => agent.destroy());
  const random = randomNumbers(target.seed);
  let number = 0;
  const ask = async (): Promise<void> => {
    while (!target.signal.aborted) {
      const became = await send(target, agent, make(number++, random));
      if (target.signal.aborted) return;
      target.tally.add(became);
      if (typeof became === 'string') await pause(target);
    }
  };
  await Promise.all(Array.from({ length: connections }, ask));
}

/** Has so many connections open, opens another one for each that ends, and does something on each. */
export async function holdOpen(
  target: Target,
  connections: number,
  act: (socket: net.Socket, number: number, random: (below: number) => number) => void,
  options: net.SocketConstructorOpts = {},
): Promise<void> {
  const random = randomNumbers(target.seed);
  let number = 0;
  const hold = async (): Promise<void> => {
    while (!target.signal.aborted) {
      const socket = net.connect({ ...placeOf(target.url), ...options });
      const mine = number++;
      socket.pause();
      socket.once('connect', () => act(socket, mine, random));
      target.tally.add(await lifeOf(socket, target.signal));
      await pause(target);
    }
  };
  await Promise.all(Array.from({ length: connections }, hold));
}

/** The bytes of a request. */
export function bytesOf({ method = 'GET', path, token, headers = {} }: AttackRequest): string {
  const all = { Host: 'x', ...(token === undefined ? {} : { 'X-Auth-Token': token }), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return [`${method} ${path} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

/** Does something on a connection at intervals, as long as it is there. */
export function every(socket: net.Socket, ms: number, act: () => void): void {
  const timer = setInterval(act, ms);
  socket.once('close', () => clearInterval(timer));
}

/** Does something on a connection once, a moment later. */
export function after(socket: net.Socket, ms: number, act: () => void): void {
  const timer = setTimeout(act, ms);
  socket.once('close', () => clearTimeout(timer));
}

function send(
  { url }: Target,
  agent: http.Agent,
  { method, path, token, headers = {}, body }: AttackRequest,
): Promise<number | string> {
  const own = token === undefined ? {} : { 'X-Auth-Token': token };
  return new Promise((resolve) => {
    const request = http.request(url, { agent, method, path, headers: { ...own, ...headers } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
      answer.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    });
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.on('close', () => resolve('closed'));
    request.end(body);
  });
}

function lifeOf(socket: net.Socket, signal: AbortSignal): Promise<string> {
  const end = (): void => void socket.destroy();
  signal.addEventListener('abort', end, { once: true });
  return new Promise((resolve) => {
    let how = 'closed';
    socket.on('error', (error: NodeJS.ErrnoException) => (how = error.code ?? error.message));
    socket.once('close', () => {
      signal.removeEventListener('abort', end);
      resolve(signal.aborted ? 'held to the end' : how);
    });
  });
}

function placeOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

async function pause({ signal }: Target): Promise<void> {
  await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
}
