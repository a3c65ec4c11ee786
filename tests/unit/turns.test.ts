import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { Turns } from '../../src/http/turns';

describe('requests that wait on a connection', () => {
  it('are all over when their client leaves, and those that had not come are not served', async () => {
    const served: string[] = [];
    const over: string[] = [];
    const serve = new Turns().serve((request) => served.push(request.url ?? '')); // and nobody answers
    const server = http.createServer((request, response) => {
      response.once('close', () => over.push(request.url ?? ''));
      serve(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    const targets = Array.from({ length: 10 }, (_, index) => `/${index}`);
    socket.write(targets.map((target) => `GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`).join(''));
    while (served.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    socket.destroy();
    while (over.length < targets.length) await new Promise((resolve) => setTimeout(resolve, 5));
    server.close();

    expect({ served, over }).toEqual({ served: ['/0'], over: targets });
  });
});
