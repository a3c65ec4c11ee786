import type { Request, Response } from 'express';
import type { Reading, View, ViewPorts } from '../registrations/view';
import { cacheStatus } from './cache-status';
import { sendRendered } from './conditional-answer';
import type { RenderedViews } from './rendered-views';

/** The ports of a read whose answers are kept ready. */
export type Rendered<P extends ViewPorts<V>, V extends View> = P & { readonly views: RenderedViews<V> };

/** Answers with what was read, and says how fresh it is. */
export function sendReading<V extends View>(
  request: Request,
  response: Response,
  ports: Rendered<ViewPorts<V>, V>,
  reading: Reading<V>,
): void {
  response.setHeader('Cache-Status', cacheStatus(reading, ports.clock.now()));
  sendRendered(request, response, ports.views.render(reading.view));
}
