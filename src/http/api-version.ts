import type { Request } from 'express';
import { HttpFault } from './http-fault';

export const SERVICE_TYPE = 'registered-flavors';
export const MIN_VERSION = '1.0';
export const MAX_VERSION = '1.0';
export const API_VERSION_HEADER = 'OpenStack-API-Version';
/** Every answer says which version it is in. There is one so far. */
export const CURRENT_VERSION = `${SERVICE_TYPE} ${MAX_VERSION}`;

/**
 * Negotiates the version as API-SIG's microversion guideline says: the header may name several services; one that
 * does not name ours means the minimum; `latest` means the maximum.
 * @throws HttpFault 400 when our version is malformed, 406 with the range when it is not offered
 */
export function negotiateVersion(request: Request): void {
  const asked = request
    .get(API_VERSION_HEADER)
    ?.split(',')
    .map((entry) => entry.trim().split(/\s+/))
    .find(([service]) => service === SERVICE_TYPE);
  if (asked === undefined) return;
  const version = asked.slice(1).join(' ');
  if (version === 'latest') return;
  if (!/^\d{1,6}\.\d{1,6}$/.test(version)) {
    throw new HttpFault('malformed', {
      code: 'registered-flavors.version.invalid',
      detail: `${API_VERSION_HEADER} must be "${SERVICE_TYPE} X.Y" or "${SERVICE_TYPE} latest".`,
    });
  }
  if (version !== MAX_VERSION) {
    throw new HttpFault(
      'version not acceptable',
      {
        code: 'registered-flavors.version.not_acceptable',
        detail: `Version ${version} is not offered; the range is ${MIN_VERSION} to ${MAX_VERSION}.`,
      },
      { members: { min_version: MIN_VERSION, max_version: MAX_VERSION } },
    );
  }
}
