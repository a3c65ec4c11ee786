import type { Request, Response } from 'express';
import type { Meter } from '../meter';
import type { ReasonToAsk } from '../registrations/flavor-directory';
import type { Reading, View, ViewPorts } from '../registrations/view';
import { cacheStatus } from './cache-status';
import { sendRendered } from './conditional-answer';
import type { RenderedViews } from './rendered-views';

const RESULTS = {
  nothing: 'hit',
  'the unknown': 'miss',
  'the old': 'stale',
  'the old, in vain': 'stale if error',
} as const satisfies Record<ReasonToAsk, string>;

/** The ports of a read whose answers are kept ready. */
export type Rendered<P extends ViewPorts<V>, V extends View> = P & {
  readonly views: RenderedViews<V>;
  readonly meter: Meter;
  /** How long details are fresh. */
  readonly ttlSeconds: number;
};

/** Answers with what was read, and says how fresh it is. */
export function sendReading<V extends View>(
  request: Request,
  response: Response,
  ports: Rendered<ViewPorts<V>, V>,
  reading: Reading<V>,
): void {
  const now = ports.clock.now();
  response.setHeader('Cache-Status', cacheStatus(reading, now));
  const freshFor = (reading.view.asOf.shownUntil - now) / 1000;
  const ageSeconds = Number.isFinite(freshFor) ? Math.max(0, ports.ttlSeconds - freshFor) : 0;
  ports.meter.read({ result: RESULTS[reading.askedFor], ageSeconds });
  sendRendered(request, response, ports.views.render(reading.view));
}
