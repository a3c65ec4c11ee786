/**
 * The path and query of the next page: its link, resolved against what was asked (RFC 3986, 5.2).
 * @param asked the path and query of this page
 * @returns undefined after the last page
 */
export function nextPage(asked: string, body: object): string | undefined {
  const { links } = body as { links: readonly { rel: string; href: string }[] };
  const href = links.find(({ rel }) => rel === 'next')?.href;
  if (href === undefined) return undefined;
  const { pathname, search } = new URL(href, `http://service${asked}`);
  return pathname + search;
}
