import type { ErrorCode } from '../errors';

/** More than any path of the contract has, with a version or a project in front. No link is longer, whatever is asked. */
const MOST_STEPS = 8;

/** Where the help for a code is. */
export type HelpLink = (code: ErrorCode) => string;

/**
 * The links to the help for errors: under the URL that the operator has named, or to this service's own pages.
 *
 * Those are relative to what was asked (RFC 3986, 5.2), as the links of pages are: right under any scheme and host and
 * behind a proxy that takes a prefix away, and no client can make them name another host. OpenStack's own libraries do
 * not follow them: keystoneauth reads `title` and `detail` of an error.
 * @param target what was asked, in origin form; undefined where a request was refused before its target was known: then
 * the link is relative to the endpoint of the service
 */
export function helpLinks(errorHelpUrl: string | undefined, target: string | undefined): HelpLink {
  if (errorHelpUrl !== undefined) return (code) => `${errorHelpUrl}#${anchorOf(code)}`;
  const steps = stepsToRoot(target);
  // Deeper than that is no path of ours. Right where no prefix is taken away; anything else would grow with the path.
  const pages = steps > MOST_STEPS ? '/errors/' : `${'../'.repeat(steps)}errors/`;
  return (code) => pages + code;
}

/** How many steps up it is from a path to the root, as clients count them: `.` and `..` are gone by then. */
function stepsToRoot(target: string | undefined): number {
  if (target?.startsWith('/') !== true) return 0; // `*`, or none
  return new URL(`http://service${target}`).pathname.split('/').length - 2;
}

/** The anchor that Markdown makes of a heading: docs/errors.md has one heading for each code. */
function anchorOf(code: string): string {
  return code.replaceAll('.', '');
}
