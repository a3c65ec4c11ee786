import { listed } from './expectations';
import type { Person, World } from './world';

/**
 * All that a person is shown of the registered flavors, page by page: with the pages, and the query of each.
 * Fails when a page breaks off in a way that a client could not follow, or names a flavor that it does not show.
 */
export async function listAll(
  world: World,
  person: Person,
  query = '',
): Promise<{ flavors: ReturnType<typeof listed>; pages: number }> {
  const flavors: ReturnType<typeof listed> = [];
  let pages = 0;
  for (let next: string | undefined = query; next !== undefined;) {
    const answer = await world.as(person).get(`/RegisteredFlavors${next}`).expect(200);
    const page = listed(answer);
    const links = answer.body.links as { rel: string; href: string }[];
    flavors.push(...page);
    pages += 1;
    next = links.find(({ rel }) => rel === 'next')?.href;
    const marker = next === undefined ? undefined : new URLSearchParams(next).get('marker');
    if (next !== undefined && marker !== page.at(-1)?.id) throw new Error(`the next page is behind "${marker}"`);
  }
  return { flavors, pages };
}
