import { randomUUID } from 'node:crypto';
import axios, { type AxiosInstance } from 'axios';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { Clock } from '../clock';
import type { Logger } from '../logger';
import type { Meter } from '../meter';
import { VERSION } from '../version';
import { createAgents } from './agents';
import type { AnswerBudget } from './answer-budget';
import { Circuit } from './circuit';
import type { Lookup } from './happy-eyeballs';
import { RetryBudget } from './retry-budget';
import { type UpstreamAnswer, readAnswer } from './upstream-answer';
import type { UpstreamErrors } from './upstream-errors';
import { UpstreamFailure, type UpstreamFailureReason } from './upstream-failure';

/** Two more tries at the most: enough for a dropped connection, too few to multiply an outage. */
const MAX_RETRIES = 2;
/** A try that a deadline has ended in this last part of its time has failed by itself. */
const NEARLY = 0.9;

export interface UpstreamOptions {
  readonly errors: UpstreamErrors;
  /** One try, from the connection to the last byte of the answer. */
  readonly attemptTimeoutMs: number;
  readonly maxAnswerBytes: number;
  readonly budget: AnswerBudget;
  /** Certificates (PEM) to trust instead of the system's. */
  readonly ca: string | undefined;
  /** How names are looked up; as the system does when absent. */
  readonly lookup?: Lookup | undefined;
  /** What to ask in order to find out whether the service works again: cheap, and answered only when it does. */
  readonly probe: () => Pick<UpstreamRequest, 'url' | 'headers'>;
  /** The pause between two probes. */
  readonly probeIntervalMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
}

/** A request that may be sent twice without harm: nothing else is ever sent to OpenStack. */
export interface UpstreamRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Sent as X-OpenStack-Request-Id. */
  readonly globalRequestId: string;
  /** The deadline of the whole call, retries included. */
  readonly signal: AbortSignal;
}

/**
 * Speaks HTTP to one OpenStack service: bounded in time and size, retried with jitter, redirected nowhere, and not at all
 * while the service is away.
 */
export class Upstream {
  readonly errors: UpstreamErrors;
  private readonly client: AxiosInstance;
  private readonly circuit: Circuit;
  private readonly underWay = new Set<AbortController>();
  private isClosed = false;
  private readonly retryBudget: RetryBudget;
  private readonly retries = retry(
    handleWhen((error) => isWorthARetry(error) && this.retryBudget.take()),
    { maxAttempts: MAX_RETRIES, backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1000 }) },
  );

  constructor(private readonly options: UpstreamOptions) {
    this.errors = options.errors;
    this.retryBudget = new RetryBudget(options.clock);
    this.circuit = new Circuit({ ...options, probe: (signal) => this.probe(signal) });
    const { attemptTimeoutMs: connectTimeoutMs, ca, lookup } = options;
    this.client = axios.create({
      ...createAgents(ca, { connectTimeoutMs, lookup }),
      maxRedirects: 0, // axios would take X-Auth-Token along to another host
      proxy: false, // nor go through whatever proxy the environment happens to name
      responseType: 'stream', // so that we count the bytes while they come
      validateStatus: () => true,
    });
  }

  /**
   * Sends a request, unless the service is away, and reads its answer, whatever its status, except those that say "not
   * now".
   * @throws RegisteredFlavorsError as {@link UpstreamErrors} tells them
   */
  async request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    try {
      return await this.circuit.execute(() => this.retries.execute(() => this.attempt(request), request.signal));
    } catch (error) {
      throw error instanceof UpstreamFailure ? error.told(this.errors) : error;
    }
  }

  /** Whether the service does not work at this moment, so that nothing is sent to it. */
  get isAway(): boolean {
    return this.circuit.isOpen;
  }

  /** Ends what is under way and does not look after the service any more: the process is about to end. */
  close(): void {
    this.circuit.close();
    this.isClosed = true;
    for (const end of this.underWay) end.abort();
  }

  /** One try, told to the meter. */
  private async attempt(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const startedAt = performance.now();
    const tell = (outcome: string): void => {
      const seconds = (performance.now() - startedAt) / 1000;
      const { globalRequestId } = request;
      this.options.meter.asked({ service: this.errors.service, outcome, seconds, globalRequestId });
    };
    try {
      const answer = await this.send(request);
      tell(String(answer.status));
      return answer;
    } catch (error) {
      tell(outcomeOf(error));
      throw error;
    }
  }

  private probe(signal: AbortSignal): Promise<UpstreamAnswer> {
    const globalRequestId = `req-${randomUUID()}`;
    return this.attempt({ method: 'GET', ...this.options.probe(), globalRequestId, signal });
  }

  private async send(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { attemptTimeoutMs, maxAnswerBytes, budget } = this.options;
    const startedAt = performance.now();
    const end = new AbortController();
    let isTooSlow = false;
    const endTooSlow = setTimeout(() => {
      isTooSlow = true;
      end.abort();
    }, attemptTimeoutMs);
    const endOutOfTime = (): void => end.abort();
    request.signal.addEventListener('abort', endOutOfTime, { once: true });
    this.underWay.add(end);
    if (request.signal.aborted || this.isClosed) end.abort();
    try {
      const response = await this.client.request<NodeJS.ReadableStream>({
        method: request.method,
        url: request.url,
        data: request.body,
        headers: {
          Accept: 'application/json',
          'User-Agent': `registered-flavors/${VERSION}`,
          'X-OpenStack-Request-Id': request.globalRequestId,
          ...request.headers,
        },
        signal: end.signal,
      });
      return await readAnswer(response, maxAnswerBytes, budget);
    } catch (error) {
      end.abort(); // whatever is still open of this try ends with it
      if (error instanceof UpstreamFailure) throw error;
      if (this.isClosed) throw new UpstreamFailure({ kind: 'out of time' });
      const tookAllItsTime = performance.now() - startedAt >= attemptTimeoutMs * NEARLY; // when both limits are one
      if (request.signal.aborted && !tookAllItsTime) throw new UpstreamFailure({ kind: 'out of time' });
      if (isTooSlow || request.signal.aborted)
        throw new UpstreamFailure({ kind: 'too slow', timeoutMs: attemptTimeoutMs });
      const code = codeOf(error);
      throw code === undefined ? error : new UpstreamFailure(reasonOf(code));
    } finally {
      clearTimeout(endTooSlow);
      request.signal.removeEventListener('abort', endOutOfTime);
      this.underWay.delete(end);
    }
  }
}

/** Why there was no answer that says something: few words, for a label. */
function outcomeOf(error: unknown): string {
  if (!(error instanceof UpstreamFailure)) return 'defect';
  const { reason } = error;
  return reason.kind === 'overloaded' ? String(reason.status) : reason.kind.replaceAll(' ', '_');
}

/** A service that says when to come back is not asked before: its word goes on to our caller. */
function isWorthARetry(error: unknown): boolean {
  return error instanceof UpstreamFailure && error.isPassing && !error.retryAfterSeconds;
}

/** There was an answer, but not one to be read; or there was none. */
function reasonOf(code: string): UpstreamFailureReason {
  if (code.startsWith('HPE_')) return { kind: 'broken', what: `sent something other than HTTP (${code})` };
  const isCompression = code.startsWith('Z_') || code.startsWith('ERR__ERROR_FORMAT_'); // zlib's, brotli's
  if (isCompression) return { kind: 'broken', what: `sent an answer whose compression is broken (${code})` };
  return { kind: 'unreachable', code };
}

/** ECONNREFUSED, ECONNRESET, CERT_HAS_EXPIRED ...: what an operator needs, and nothing that could hold a token. */
function codeOf(error: unknown): string | undefined {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}
