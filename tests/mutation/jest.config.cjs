// The tests that hold the mutated parts, and few others: for every mutant, each file of them is loaded anew.
const [local] = require('../../jest.config.js').projects;

module.exports = {
  ...local,
  rootDir: '../..',
  testRunner: require.resolve('./jest-circus-until-killed.cjs'),
  testSequencer: require.resolve('./fast-tests-first.cjs'),
  testMatch: [
    'tests/registrations/**/*.test.ts',
    'tests/unit/{clouds-yaml,clouds-yaml-values,config,config-settings,config-urls,credentials,env-example}.test.ts',
    'tests/unit/{flavor-answers,flavor-selector,nearest-name,offered-service-types,patterns,policy}.test.ts',
    'tests/unit/{in-turns,read-key,read-request,shown-flavor,registration-document,registration-order}.test.ts',
    'tests/unit/{request-lists,same-flavor,visibility,look-up-planner,look-up-batches,problem}.test.ts',
    'tests/contract/contract.test.ts',
  ].map((path) => `<rootDir>/${path}`),
  testTimeout: 20_000,
};
