import type { RequestHandler } from 'express';
import { MAX_VERSION, MIN_VERSION } from '../api-version';
import type { components } from '../contract-types';

/**
 * The href is relative, as placement's is: right behind any proxy, under any path and scheme, and no client can make
 * it name another host.
 */
const VERSIONS: components['schemas']['Versions'] = {
  versions: [
    {
      id: 'v1.0',
      status: 'CURRENT',
      min_version: MIN_VERSION,
      max_version: MAX_VERSION,
      links: [{ rel: 'self', href: '' }],
    },
  ],
};

/** GET / */
export function getVersions(): RequestHandler {
  return (_request, response) => {
    response.json(VERSIONS);
  };
}
