import type { Request } from 'express';
import { HttpFault } from './http-fault';
import { withoutCoding } from './send-body';

const FORM = /^(?:W\/)?"[\x21\x23-\x7e]*"(?:[ \t]*,[ \t]*(?:W\/)?"[\x21\x23-\x7e]*")*$/;
const STRONG = /(W\/)?"([^"]*)"/g;

/**
 * What is between the quotes of the ETags that a request names with If-Match; `any` for `*`, undefined without it. Weak
 * ones are none of ours: the comparison is a strong one (RFC 9110, 13.1.1).
 * @throws HttpFault 400 when it is malformed
 */
export function readIfMatch(request: Request): readonly string[] | 'any' | undefined {
  const value = request.get('If-Match')?.trim();
  if (value === undefined) return undefined;
  if (value === '*') return 'any';
  if (!FORM.test(value)) {
    throw new HttpFault('malformed', {
      code: 'registered-flavors.request.invalid',
      detail: 'If-Match must be ETags in quotes, separated by commas, or *.',
    });
  }
  return [...withoutCoding(value).matchAll(STRONG)].flatMap(([, weak, tag]) =>
    weak === undefined && tag !== undefined ? [tag] : [],
  );
}

/**
 * For what changes single pairs. What may only be done if something is so must not be done by who does not look (RFC 9110,
 * 13.1.1).
 * @throws HttpFault 400
 */
export function refuseIfMatch(request: Request): void {
  if (request.get('If-Match') === undefined) return;
  throw new HttpFault('malformed', {
    code: 'registered-flavors.request.invalid',
    detail:
      'If-Match is for PUT and PATCH of /Registrations: this changes the pairs that it names, whatever else is registered.',
  });
}
