import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long an attempt to connect has to hang for the queue to be full: on loopback all others take microseconds. */
const HANGS_MS = 500;

/** An address at which nobody answers an attempt to connect, as behind a dead router; until it is woken. */
export interface StuckAddress {
  wake(): void;
  close(): Promise<void>;
}

/** Makes an address of this machine stuck, at one port. */
export async function startStuckAddress(host: string, port: number): Promise<StuckAddress> {
  const server = fork(path.join(__dirname, 'stuck-address.script.js'), [host, String(port)]);
  await once(server, 'message');
  server.kill('SIGSTOP');
  const queued = await fillQueue(host, port);
  return {
    wake: () => void server.kill('SIGCONT'),
    close: () => end(server, queued),
  };
}

async function fillQueue(host: string, port: number): Promise<net.Socket[]> {
  const queued: net.Socket[] = [];
  for (;;) {
    const socket = net.connect(port, host).on('error', () => undefined);
    queued.push(socket);
    const isThrough = await Promise.race([once(socket, 'connect').then(() => true), sleep(HANGS_MS, false)]);
    if (isThrough) continue;
    queued.pop();
    socket.destroy();
    return queued;
  }
}

async function end(server: ChildProcess, queued: readonly net.Socket[]): Promise<void> {
  for (const socket of queued) socket.destroy();
  server.kill('SIGKILL');
  if (server.exitCode === null && server.signalCode === null) await once(server, 'exit');
}
