/** The id of a flavor in Nova: opaque and case-sensitive; `7`, `007`, `Case` and `case` are four flavors. */
export type FlavorId = string;

/**
 * Nova's own form (nova/api/openstack/compute/schemas/flavor_manage.py): 1 to 255 letters, digits, ".", "_", "-" and
 * spaces, no space first or last. Without "." and "..", which no URL can carry: clients and proxies resolve them away.
 * The contract's schema `FlavorId` holds the same pattern; a test compares them.
 */
export const FLAVOR_ID_PATTERN = /^(?!\.{1,2}$)(?! )[a-zA-Z0-9. _-]{1,255}(?<! )$/;

/** {@link FLAVOR_ID_PATTERN} in words, for whoever sent something else. */
export const FLAVOR_ID_RULE =
  'A flavor ID is 1 to 255 letters, digits, ".", "_", "-" and inner spaces; "." and ".." cannot be part of a URL.';

/** How many different flavor IDs one request may name. */
export const MAX_FLAVOR_IDS = 1000;
