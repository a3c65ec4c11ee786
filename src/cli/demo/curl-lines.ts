import type { World } from './world';

/** Ready to paste, in this order; comments keep clear of what a shell could take for its own. */
export function curlLines({ service: { url }, tokens }: World): string[] {
  const asAdmin = '-H "X-Auth-Token: $ADMIN_TOKEN"';
  const asTenant = '-H "X-Auth-Token: $TENANT_TOKEN"';
  return [
    `export ADMIN_TOKEN=${tokens.admin}`,
    `export TENANT_TOKEN=${tokens.alice}`,
    '',
    '# read, as a tenant and as the admin',
    `curl -i ${asTenant} ${url}/RegisteredFlavors/redis,mysql`,
    `curl -i ${asAdmin} ${url}/RegisteredFlavors/redis,mysql`,
    '',
    '# register and deregister, as the admin',
    `curl -i -X POST ${asAdmin} ${url}/RegisteredFlavors/redis/db.redis.medium`,
    `curl -i -X DELETE ${asAdmin} ${url}/RegisteredFlavors/redis/db.redis.medium`,
    '',
    '# without a token',
    `curl -i ${url}/healthcheck`,
    `curl -i ${url}/openapi.json`,
  ];
}
