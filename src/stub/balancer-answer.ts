import { STATUS_CODES } from 'node:http';
import type { StubAnswer } from './stub-http';

/** What a load balancer answers in the service's place. */
export function balancerAnswer(status: number): StubAnswer {
  const title = `${status} ${STATUS_CODES[status] ?? ''}`.trim();
  return {
    status,
    headers: [
      ['Cache-Control', 'no-cache'],
      ['Content-Type', 'text/html'],
    ],
    body: `<html><body><h1>${title}</h1>\nThe server didn't respond in time.\n</body></html>\n`,
  };
}
