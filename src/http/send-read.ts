import type { Request, Response } from 'express';
import type { Clock } from '../clock';
import type { Meter } from '../meter';
import type { ReasonToAsk } from '../registrations/flavor-directory';
import type { Read } from '../registrations/read';
import { cacheStatus } from './cache-status';
import { callOf, contextOf } from './request-context';
import type { ResponseBudget } from './response-budget';
import type { CachedResponse, Render, ResponseCache } from './response-cache';
import { hasBody, sendBody, sendNotModified } from './send-body';

const RESULTS = {
  nothing: 'hit',
  'the unknown': 'miss',
  'the old': 'stale',
  'the old, in vain': 'stale if error',
} as const satisfies Record<ReasonToAsk, string>;

export interface SendReadPorts {
  readonly responses: ResponseCache;
  readonly budget: ResponseBudget;
  readonly meter: Meter;
  readonly clock: Clock;
  /** How long details are fresh. */
  readonly ttlSeconds: number;
}

/** How one kind of read is answered. */
export interface ReadAnswer<T> {
  readonly render: Render<T>;
  /** Whether it shows what Nova said, so that the response tells how fresh that is. */
  readonly showsDetails: boolean;
  /** Throws where a response with this ETag is none. */
  readonly require?: (etag: string) => void;
}

/** Answers with what is read: from the cache, or made now; 304 to a client that has it. */
export async function sendRead<T>(
  request: Request,
  response: Response,
  ports: SendReadPorts,
  read: Read<T>,
  { render, showsDetails, require }: ReadAnswer<T>,
): Promise<void> {
  const needsBody = (etag: string): boolean => !hasBody(request, etag);
  const wait = (made: Promise<CachedResponse>) => contextOf(request).whileHere(made);
  const found = ports.responses.get(read, callOf(request), { render, needsBody, wait });
  const cached = found instanceof Promise ? await found : found;
  const { etag, body } = cached;
  if (showsDetails) tellFreshness(response, ports, cached);
  require?.(etag);
  if (body === undefined || !needsBody(etag)) {
    sendNotModified(response, etag);
    return;
  }
  ports.budget.hold(body, callOf(request).caller.userId, response);
  sendBody(response, body, etag);
}

function tellFreshness(response: Response, { clock, meter, ttlSeconds }: SendReadPorts, cached: CachedResponse): void {
  const now = clock.now();
  response.setHeader('Cache-Status', cacheStatus(cached, now));
  const freshFor = (cached.asOf.shownUntil - now) / 1000;
  const ageSeconds = Number.isFinite(freshFor) ? Math.max(0, ttlSeconds - freshFor) : 0;
  meter.read({ result: RESULTS[cached.askedFor], ageSeconds });
}
