/** What a client may have sent when it leaves: every state that a connection can be in. `SLOW` is answered late. */
export function connectionStates(token: string): readonly (readonly [string, string])[] {
  const head = (line: string, ...headers: string[]) =>
    [`${line} HTTP/1.1`, 'Host: x', `X-Auth-Token: ${token}`, ...headers, '', ''].join('\r\n');
  const slow = head('POST /RegisteredFlavors/reset/1');
  const connect = 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n';
  const upgrade = (to: string) => head('GET /RegisteredFlavors/redis', 'Connection: Upgrade', `Upgrade: ${to}`);
  const json = 'Content-Type: application/json';
  return [
    ['nothing', ''],
    ['half a request line', 'GET /Regis'],
    ['half its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n'],
    ['a request', head('GET /RegisteredFlavors/redis')],
    ['a request that has to wait', slow],
    ['a large answer', head('GET /openapi.json').repeat(10)],
    ['many requests', head('GET /RegisteredFlavors/redis').repeat(20)],
    ['half a body', `${head('POST /RegisteredFlavors', json, 'Content-Length: 99')}{"service`],
    ['half a chunk', `${head('PATCH /Registrations', json, 'Transfer-Encoding: chunked')}9\r\n{"re`],
    ['half a body that nobody wants', `${head('DELETE /RegisteredFlavors/reset/2', 'Content-Length: 99')}abc`],
    ['more body than is taken', head('POST /RegisteredFlavors', json, 'Content-Length: 99999999') + 'x'.repeat(9999)],
    [
      'a body that waits for a word',
      head('POST /RegisteredFlavors', json, 'Content-Length: 9', 'Expect: 100-continue'),
    ],
    ['an expectation', head('GET /', 'Expect: the-worst')],
    ['noise', 'NOISE\r\n\r\n'],
    ['noise behind a request', `${slow}NOISE\r\n\r\n`],
    ['headers without an end', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(70_000)}`],
    ['CONNECT', connect],
    ['CONNECT with more behind it', `${connect}${'\x16\x03\x01'.repeat(1000)}`],
    ['CONNECT behind a request', head('GET /RegisteredFlavors/redis') + connect],
    ['CONNECT behind a request that has to wait', slow + connect],
    ['CONNECT behind many', head('GET /RegisteredFlavors/redis').repeat(5) + slow + head('GET /') + connect],
    ['CONNECT behind half a body', `${head('POST /RegisteredFlavors', json, 'Content-Length: 99')}${connect}`],
    ['two CONNECTs', connect + connect],
    ['an upgrade to a web socket', upgrade('websocket')],
    ['an upgrade to HTTP/2', upgrade('h2c')],
    ['an upgrade behind a request that has to wait', slow + upgrade('websocket')],
    ['an upgrade with frames behind it', `${upgrade('websocket')}\x81\x85abcd`],
    ['HTTP/2 at once', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ];
}
