import type { World } from './world';

/** Shows status and headers too, and ends the line after a body that does not. */
const CURL = "curl -iw '\\n'";

/** Ready to paste, in this order; comments keep clear of what a shell could take for its own. */
export function curlLines({ service: { url }, tokens }: World): string[] {
  const asAdmin = '-H "X-Auth-Token: $ADMIN_TOKEN"';
  const asTenant = '-H "X-Auth-Token: $TENANT_TOKEN"';
  return [
    `export ADMIN_TOKEN=${tokens.admin}`,
    `export TENANT_TOKEN=${tokens.alice}`,
    '',
    '# read, as a tenant and as the admin',
    `${CURL} ${asTenant} ${url}/RegisteredFlavors/redis,mysql`,
    `${CURL} ${asAdmin} ${url}/RegisteredFlavors/redis,mysql`,
    '',
    '# register and deregister, as the admin',
    `${CURL} -X POST ${asAdmin} ${url}/RegisteredFlavors/redis/db.redis.medium`,
    `${CURL} -X DELETE ${asAdmin} ${url}/RegisteredFlavors/redis/db.redis.medium`,
    '',
    '# without a token',
    `${CURL} ${url}/healthcheck`,
    `${CURL} ${url}/openapi.json`,
  ];
}
