import type { AxiosResponse } from 'axios';
import type { AnswerBudget } from './answer-budget';
import { UpstreamFailure } from './upstream-failure';

/** Said by a service, or by a proxy before it, that cannot serve at this moment. */
const OVERLOADED = [429, 502, 503, 504];
const MAX_RETRY_AFTER_SECONDS = 3600;

/** What an OpenStack service answered. */
export interface UpstreamAnswer {
  readonly status: number;
  /** Undefined when it was not sent. `name` in lower case. */
  header(name: string): string | undefined;
  /** Undefined when a refusal came without JSON: proxies and routers send HTML. A success always has it. */
  readonly json: unknown;
  /** How large it was, after decompression. */
  readonly bytes: number;
}

/**
 * Reads an answer to its end, counting its bytes (after decompression) while they come.
 * @throws UpstreamFailure when it is too large, not JSON though a success, cut short, or a plea to come back later
 */
export async function readAnswer(
  response: AxiosResponse<NodeJS.ReadableStream>,
  maxBytes: number,
  budget: AnswerBudget,
): Promise<UpstreamAnswer> {
  const { status } = response;
  const header = (name: string): string | undefined => {
    const value: unknown = response.headers[name];
    return typeof value === 'string' ? value : undefined;
  };
  const { text, bytes } = await readText(response.data, maxBytes, budget);
  if (OVERLOADED.includes(status)) {
    throw new UpstreamFailure({
      kind: 'overloaded',
      status,
      retryAfterSeconds: readRetryAfterSeconds(header('retry-after')),
    });
  }
  if (status >= 500) throw new UpstreamFailure({ kind: 'broken', what: `answered ${status}` });
  const json = parseJson(text);
  if (json === undefined && status < 300) {
    throw new UpstreamFailure({ kind: 'broken', what: `answered ${status} with something other than JSON` });
  }
  return { status, header, json, bytes };
}

async function readText(
  stream: NodeJS.ReadableStream,
  maxBytes: number,
  budget: AnswerBudget,
): Promise<{ text: string; bytes: number }> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      const buffer = Buffer.from(chunk as Uint8Array);
      if (bytes + buffer.length > maxBytes) throw new UpstreamFailure({ kind: 'too large', maxBytes });
      if (!budget.take(buffer.length)) throw new UpstreamFailure({ kind: 'too many bytes in flight' });
      bytes += buffer.length;
      chunks.push(buffer);
    }
    return { text: Buffer.concat(chunks).toString('utf8'), bytes };
  } finally {
    budget.giveBack(bytes);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // not JSON, or cut short: uwsgi's answers end where the connection ends
  }
}

/** Seconds, from either form of Retry-After (RFC 9110, 10.2.3). */
function readRetryAfterSeconds(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const seconds = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_SECONDS) : undefined;
}
