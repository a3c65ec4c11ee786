import { randomUUID } from 'node:crypto';
import { RegisteredFlavorsError } from '../errors';
import { describeError, type Logger } from '../logger';
import type { NovaClient } from './nova-client';

/**
 * Looks at Keystone and Nova once and says in the log how things are: an operator who starts the service wants to read
 * at once whether its user, its region and Nova are right. Never throws.
 */
export async function lookAtOpenStack(
  nova: NovaClient,
  options: { keystone: string; deadlineMs: number; logger: Logger },
): Promise<void> {
  const { keystone, logger } = options;
  const call = { globalRequestId: `req-${randomUUID()}`, signal: AbortSignal.timeout(options.deadlineMs) };
  try {
    const { root, microversion } = await nova.discover(call);
    logger.info('OpenStack is there', { keystone, nova: root, microversion });
  } catch (error) {
    logger.warn('OpenStack cannot be used: reads and new tokens answer 503 until that is mended', {
      keystone,
      reason: error instanceof RegisteredFlavorsError ? error.message : describeError(error).error,
    });
  }
}
