import type { Request, Response } from 'express';
import type { Reading, ReadPorts } from '../registrations/get-registered-flavors';
import { cacheStatus } from './cache-status';
import { sendRendered } from './conditional-answer';
import type { RenderedViews } from './rendered-views';

export type ReadingPorts = ReadPorts & { readonly views: RenderedViews };

/** Answers with what was read, and says how fresh it is. */
export function sendReading(request: Request, response: Response, ports: ReadingPorts, reading: Reading): void {
  response.setHeader('Cache-Status', cacheStatus(reading, ports.clock.now()));
  sendRendered(request, response, ports.views.render(reading.view));
}
