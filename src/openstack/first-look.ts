import { randomUUID } from 'node:crypto';
import { RegisteredFlavorsError } from '../errors';
import { describeError, type Logger } from '../logger';
import type { NovaClient } from './nova-client';
import { isReadableOnTheWay } from './plain-http';

/** What stands still while one of the two cannot be used, and what to look at. */
export const TROUBLE = {
  keystone: {
    name: 'Keystone',
    consequence: 'only tokens that are remembered are served until that is mended',
    check: "OS_AUTH_URL (also whether it is http or https), OS_CACERT, the service's user and its project",
  },
  nova: {
    name: 'Nova',
    consequence: 'registering and reading fail until that is mended',
    check:
      'OS_REGION_NAME, OS_INTERFACE, OS_COMPUTE_ENDPOINT_OVERRIDE (also whether it is http or https), OS_CACERT, ' +
      "the role of the service's user: it has to see all of Nova, and to validate tokens in Keystone",
  },
} as const;

/**
 * Looks at Keystone and Nova once and says in the log how things are: an operator who starts the service wants to read
 * at once whether its user, its region and Nova are right. Never throws.
 */
export async function lookAtOpenStack(
  nova: NovaClient,
  options: { keystone: string; computeOverride: string | undefined; deadlineMs: number; logger: Logger },
): Promise<void> {
  const { keystone, computeOverride, logger } = options;
  const call = { globalRequestId: `req-${randomUUID()}`, signal: AbortSignal.timeout(options.deadlineMs) };
  try {
    const { root, microversion } = await nova.discover(call);
    logger.info('OpenStack is there', { keystone, nova: root, microversion });
    const exposed = [keystone, root].filter(isReadableOnTheWay);
    if (exposed.length > 0) logger.warn('tokens and passwords go over plain http, where they can be read', { exposed });
  } catch (error) {
    const { name, consequence, check } = TROUBLE[isOfKeystone(error) ? 'keystone' : 'nova'];
    logger.warn(`${name} cannot be used: ${consequence}`, {
      keystone,
      nova: computeOverride,
      reason: error instanceof RegisteredFlavorsError ? error.message : describeError(error).error,
      check,
    });
  }
}

function isOfKeystone(error: unknown): boolean {
  return (
    error instanceof RegisteredFlavorsError && error.problems[0]?.code === 'registered-flavors.keystone.unavailable'
  );
}
