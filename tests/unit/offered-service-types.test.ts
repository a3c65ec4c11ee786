import { RegisteredFlavorsError } from '../../src/errors';
import { requireOffered } from '../../src/registrations/offered-service-types';
import { numbered } from '../store/examples';

function details(serviceTypes: string[], offered: string[] | undefined): string[] {
  try {
    requireOffered(serviceTypes, offered);
    return [];
  } catch (error) {
    if (!(error instanceof RegisteredFlavorsError) || error.kind !== 'invalid input') throw error;
    expect(new Set(error.problems.map(({ code }) => code))).toEqual(
      new Set(['registered-flavors.service_type.not_offered']),
    );
    return error.problems.map(({ detail }) => detail);
  }
}

describe('the service types of a request', () => {
  it('may be any where no list is closed, and those of the list where one is', () => {
    expect([details(['x'], undefined), details(['redis', 'mysql'], ['mysql', 'redis', 'x'])]).toEqual([[], []]);
  });

  it('are named each that is not offered, with the one that was meant or all that there are', () => {
    const said = (type: string) => `"${type}" is not among the service types that flavors are registered for here.`;
    expect(details(['redsi', 'mysql', 'kafka'], ['mysql', 'redis'])).toEqual([
      `${said('redsi')} Did you mean "redis"?`,
      `${said('kafka')} One of these: mysql, redis.`,
    ]);
  });

  it('are a hundred problems at most, of which the last one counts the rest', () => {
    const offered = ['offered'];
    expect([99, 100, 101].map((count) => details(numbered('t', count), offered).length)).toEqual([99, 100, 100]);
    expect(details(numbered('t', 99), offered).at(-1)).toContain('"t098"');
    expect(details(numbered('t', 101), offered).at(-1)).toBe('2 more service types are not among them, either.');
  });
});
