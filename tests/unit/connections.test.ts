import { once } from 'node:events';
import http from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { Connections } from '../../src/http/connections';

describe('a connection that Node has handed over', () => {
  let server: http.Server;
  let connections: Connections;
  let client: Socket;
  let handedOver: Socket;
  beforeEach(async () => {
    server = http.createServer();
    connections = new Connections(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const taken = once(server, 'connect');
    client = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
    client.on('error', () => undefined).write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n');
    handedOver = (await taken)[1] as Socket;
  });
  afterEach(async () => {
    client.destroy();
    connections.closeAll();
    server.close();
    await once(server, 'close');
  });

  const closed = () => new Promise((resolve) => handedOver.once('close', resolve));

  it('is counted until it is closed', async () => {
    expect(connections.count).toBe(1);
    client.resetAndDestroy();
    handedOver.resume();
    await closed();
    expect(connections.count).toBe(0);
  });

  it('may fail', async () => {
    handedOver.destroy(new Error('reset'));
    await closed();
    expect(connections.count).toBe(0);
  });

  it('is let go when it is idle', async () => {
    handedOver.setTimeout(20);
    await closed();
    expect(handedOver.destroyed).toBe(true);
  });

  it('is closed with the others, as Node itself would not', async () => {
    server.closeAllConnections();
    expect(handedOver.destroyed).toBe(false);
    connections.closeAll();
    await closed();
    expect(connections.count).toBe(0);
  });
});
