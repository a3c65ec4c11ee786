import express from 'express';
import supertest from 'supertest';
import winston from 'winston';
import { KnownTargets } from '../../src/http/known-targets';
import { requestContext } from '../../src/http/request-context';
import { Target } from '../../src/http/target';

/** How a target is answered when it comes again after the contract's validator has let it through. */
async function again(isLocked: boolean, params: Record<string, string>): Promise<string> {
  const targets = new KnownTargets();
  const target = new Target('operation', '/route', params, {});
  targets.add('/x', { target, handler: (_request, response) => response.send('known'), isLocked });
  const app = express();
  app.use(requestContext(winston.createLogger({ silent: true })));
  app.use(targets.serve(() => undefined));
  app.use((_request, response) => void response.send('looked at'));
  return (await supertest(app).get('/x').set('X-Auth-Token', 'any')).text;
}

it.each([
  ['a public one that is always the same', false, {}, 'known'],
  ['one that takes a token', true, { serviceTypes: 'redis' }, 'known'],
  ['a public one that anybody may make up: it would push out the others', false, { code: 'x' }, 'looked at'],
])('a target that was let through is kept in mind, or not: %s', async (_what, isLocked, params, answer) => {
  expect(await again(isLocked, params)).toBe(answer);
});
