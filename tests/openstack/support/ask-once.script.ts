// Asks an address once, as the service asks Keystone, in a process that has its own environment. Prints what came of it.
import winston from 'winston';
import { systemClock } from '../../../src/clock';
import { PrometheusMeter } from '../../../src/metrics/prometheus-meter';
import { AnswerBudget } from '../../../src/openstack/answer-budget';
import { Upstream } from '../../../src/openstack/upstream';
import { keystoneErrors } from '../../../src/openstack/upstream-errors';

const url = process.argv[2]!;
const upstream = new Upstream({
  errors: keystoneErrors,
  attemptTimeoutMs: 5_000,
  maxAnswerBytes: 1024,
  budget: new AnswerBudget(1024),
  ca: undefined,
  probe: () => ({ url, headers: {} }),
  probeIntervalMs: 1_000,
  clock: systemClock,
  logger: winston.createLogger({ silent: true }),
  meter: new PrometheusMeter(),
});
const signal = AbortSignal.timeout(5_000);
upstream
  .request({ method: 'GET', url, headers: {}, globalRequestId: 'req-1', signal })
  .then(
    ({ status }) => process.stdout.write(`it answered ${status}`),
    (error: Error) => process.stdout.write(error.message),
  )
  .finally(() => upstream.close());
