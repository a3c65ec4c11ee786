/**
 * An http or https URL without a trailing slash. Nothing but a place: a user's name and password in it would be told
 * to every caller and to the log.
 */
export function readUrl(name: string, value: string, mistakes: string[]): string {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || !/^https?:\/\//i.test(value)) {
    mistakes.push(`${name} must be an http or https URL.`);
    return '';
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    mistakes.push(`${name} must be a URL without a user, a password, a query or a fragment.`);
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
