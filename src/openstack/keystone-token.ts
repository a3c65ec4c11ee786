import { z } from 'zod';
import type { Caller } from '../registrations/caller';

const catalogEntry = z.object({
  type: z.string(),
  endpoints: z.array(
    z.object({ interface: z.string(), url: z.string(), region_id: z.string().nullish(), region: z.string().nullish() }),
  ),
});

const tokenDocument = z.object({
  token: z.object({
    user: z.object({ id: z.string() }),
    issued_at: z.string().optional(),
    expires_at: z.string(),
    project: z.object({ id: z.string() }).optional(),
    roles: z.array(z.object({ name: z.string() })).default([]),
    catalog: z.array(catalogEntry).default([]),
    application_credential: z
      .object({
        access_rules: z.array(z.object({ service: z.string(), method: z.string(), path: z.string() })).nullish(),
      })
      .optional(),
  }),
});

export type Catalog = z.infer<typeof catalogEntry>[];

/** A token as Keystone describes it, ours or a caller's. */
export interface KeystoneToken {
  readonly caller: Caller;
  /** Milliseconds since 1970-01-01T00:00:00Z, by Keystone's clock. */
  readonly expiresAt: number;
  /** The same; undefined when Keystone does not say. */
  readonly issuedAt: number | undefined;
  /** Empty when it was not asked for. */
  readonly catalog: Catalog;
}

/** Reads Keystone's token document; undefined when it is something else. */
export function readTokenDocument(json: unknown): KeystoneToken | undefined {
  const parsed = tokenDocument.safeParse(json);
  if (!parsed.success) return undefined;
  const { user, project, roles, catalog, issued_at, expires_at, application_credential } = parsed.data.token;
  const expiresAt = Date.parse(expires_at);
  const issuedAt = issued_at === undefined ? undefined : Date.parse(issued_at);
  if (Number.isNaN(expiresAt) || Number.isNaN(issuedAt)) return undefined;
  return {
    caller: {
      userId: user.id,
      projectId: project?.id,
      roles: roles.map(({ name }) => name),
      accessRules: application_credential?.access_rules ?? undefined,
    },
    expiresAt,
    issuedAt,
    catalog,
  };
}
