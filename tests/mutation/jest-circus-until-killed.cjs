// Jest's own way to run a test file, but for what cannot tell anything of a mutant any more. Stryker's runner loads every
// file for every mutant and runs it to its end, which takes most of the time:
//  - a file without a test that Stryker wants is not loaded
//  - a mutant is killed by its first failure, and all that would come after it is skipped
//
// Stryker refuses a test runner that has not jest-circus in its name.
const { default: circus } = require('jest-circus/runner');
const { createEmptyTestResult } = require('@jest/test-result');

/** The names of the tests in each file, as far as this process has loaded it. */
const namesIn = new Map();
let killed;

module.exports = async (globalConfig, config, environment, runtime, testPath, ...rest) => {
  const mutant = process.env.__STRYKER_ACTIVE_MUTANT__;
  const isDead = () => mutant !== undefined && killed === mutant;
  const wanted = new RegExp(globalConfig.testNamePattern ?? '', 'i');
  if (isDead() || namesIn.get(testPath)?.some((name) => wanted.test(name)) === false) return nothingRun(testPath);

  const handle = environment.handleTestEvent;
  environment.handleTestEvent = async (event, state) => {
    if (event.name === 'test_start' && isDead()) event.test.mode = 'skip';
    if (event.name === 'test_done' && event.test.errors.length > 0) killed = mutant;
    await handle?.call(environment, event, state);
  };
  const result = await circus(globalConfig, config, environment, runtime, testPath, ...rest);
  namesIn.set(
    testPath,
    result.testResults.map(({ fullName }) => fullName),
  );
  return result;
};

function nothingRun(testFilePath) {
  const skipped = { status: 'pending', fullName: testFilePath, title: '', ancestorTitles: [], failureMessages: [] };
  return { ...createEmptyTestResult(), testFilePath, numPendingTests: 1, testResults: [skipped] };
}
