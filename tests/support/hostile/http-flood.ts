import http from 'node:http';

/** One of many requests. */
export interface FloodRequest {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const CONNECTIONS = 8;

/** Sends many requests over a few connections, and answers with how often each status came. */
export async function flood(
  url: string,
  numbers: { from: number; to: number },
  requestOf: (number: number) => FloodRequest,
): Promise<Record<number, number>> {
  const agent = new http.Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const counts: Record<number, number> = {};
  let next = numbers.from;
  const work = async (): Promise<void> => {
    while (next < numbers.to) {
      const status = await send(url, agent, requestOf(next++));
      counts[status] = (counts[status] ?? 0) + 1;
    }
  };
  try {
    await Promise.all(Array.from({ length: CONNECTIONS }, work));
  } finally {
    agent.destroy();
  }
  return counts;
}

function send(
  url: string,
  agent: http.Agent,
  { method = 'GET', path, headers = {}, body = '' }: FloodRequest,
): Promise<number> {
  const length = body === '' ? {} : { 'Content-Length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const request = http.request(url, { agent, method, path, headers: { ...headers, ...length } }, (answer) => {
      answer.resume().on('end', () => resolve(answer.statusCode ?? 0));
    });
    request.on('error', reject).end(body);
  });
}
