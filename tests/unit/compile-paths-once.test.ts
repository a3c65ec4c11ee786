import { createRequire } from 'node:module';
import { pathToRegexp } from 'path-to-regexp';
import { compilePathsOnce } from '../../src/http/compile-paths-once';

describe('a path of the contract', () => {
  it('is compiled once for the validator, and matches as before', () => {
    compilePathsOnce();
    compilePathsOnce();
    const first = pathToRegexp('/a/:b', { sensitive: true });

    expect(pathToRegexp('/a/:b', { sensitive: true })).toBe(first);
    expect(first.regexp.exec('/a/x')?.slice(1)).toEqual(['x']);
    expect(first.regexp.test('/A/x')).toBe(false);
    const insensitive = pathToRegexp('/a/:b', { sensitive: false });
    expect([insensitive === first, insensitive.regexp.test('/A/x')]).toEqual([false, true]);
    expect(pathToRegexp('/a/:c', { sensitive: true }).keys.map(({ name }) => name)).toEqual(['c']);
  });

  it('is looked for by the validator in the module that is told to', () => {
    expect(createRequire(require.resolve('express-openapi-validator')).resolve('path-to-regexp')).toBe(
      require.resolve('path-to-regexp'),
    );
  });
});
