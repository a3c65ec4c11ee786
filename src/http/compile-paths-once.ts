// The module itself: the validator takes from it what it needs anew for each request.
import * as paths from 'path-to-regexp';

let isDone = false;

type Compiled = ReturnType<typeof paths.pathToRegexp>;

/**
 * Lets each path of the contract be compiled once in the life of the process.
 *
 * The validator compiles them anew for each request until one fits, which costs an eighth of a read and more with every
 * path (https://github.com/cdimascio/express-openapi-validator/pull/1217 is to mend it there). What is compiled is only
 * read, and there are as many as there are paths.
 */
export function compilePathsOnce(): void {
  if (isDone) return;
  isDone = true;
  const { pathToRegexp } = paths;
  const compiled = new Map<string, Compiled>();
  Object.assign(paths, { pathToRegexp: once });

  function once(path: Parameters<typeof pathToRegexp>[0], options: paths.PathToRegexpOptions = {}): Compiled {
    if (typeof path !== 'string') return pathToRegexp(path, options);
    const { sensitive, end, trailing, delimiter } = options;
    const key = `${path} ${sensitive} ${end} ${trailing} ${delimiter}`;
    const known = compiled.get(key);
    if (known !== undefined) return known;
    const made = pathToRegexp(path, options);
    compiled.set(key, made);
    return made;
  }
}
