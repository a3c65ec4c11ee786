import { listed } from './expectations';
import { nextPage } from './next-page';
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
  for (let next: string | undefined = `/RegisteredFlavors${query}`; next !== undefined;) {
    const answer = await world.as(person).get(next).expect(200);
    const page = listed(answer);
    flavors.push(...page);
    pages += 1;
    next = nextPage(next, answer.body);
    if (next === undefined) break;
    const marker = new URL(next, 'http://service').searchParams.get('marker');
    if (marker !== page.at(-1)?.id) throw new Error(`the next page is behind "${marker}"`);
  }
  return { flavors, pages };
}
