import { z } from 'zod';

/** extra_specs came into the flavor with 2.61. */
const OLDEST_MINOR = 61;
/** 2.102 takes `OS-FLV-DISABLED:disabled` and `rxtx_factor` out of the answer: the version before says more. */
const PREFERRED_MINOR = 101;

const versionDocument = z.object({ version: z.object({ version: z.string(), min_version: z.string() }) });

/** The outcome of negotiating with Nova: a microversion to ask for, or why there is none. */
export type Negotiation = { readonly microversion: string } | { readonly tooOld: string } | { readonly notNova: true };

/** Chooses the microversion from Nova's version document (`GET /v2.1/`). */
export function negotiateMicroversion(json: unknown): Negotiation {
  const parsed = versionDocument.safeParse(json);
  if (!parsed.success) return { notNova: true };
  const newest = minorOf(parsed.data.version.version);
  const oldest = minorOf(parsed.data.version.min_version);
  if (newest === undefined || oldest === undefined) return { notNova: true };
  if (newest < OLDEST_MINOR) return { tooOld: parsed.data.version.version };
  return { microversion: `2.${Math.max(oldest, Math.min(newest, PREFERRED_MINOR))}` };
}

function minorOf(version: string): number | undefined {
  const minor = /^2\.(\d+)$/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}

/**
 * Nova's v2.1 root, from whatever form the catalog holds: with or without a version, with or without the project's id
 * behind it, or keystoneauth's word for it (`%(project_id)s`). `/v2` is left for `/v2.1`: it ignores microversions.
 */
export function novaRoot(endpoint: string, projectId: string | undefined): string {
  let url = withoutSlashes(withoutSlashes(endpoint).replace(/\/[%$]\((?:project|tenant)_id\)s$/, ''));
  if (projectId !== undefined && url.endsWith(`/${projectId}`)) url = withoutSlashes(url.slice(0, -projectId.length));
  return `${withoutSlashes(url.replace(/\/v2(\.\d+)?$/, ''))}/v2.1`;
}

/** Endpoints are written with a slash at their end, and put together with one too many. */
function withoutSlashes(url: string): string {
  return url.replace(/\/+$/, '');
}
