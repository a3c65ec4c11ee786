// One configuration, two runs: `npm test` needs nothing but this folder, `npm run test:e2e` needs a cloud.
const common = {
  testEnvironment: 'node',
  transformIgnorePatterns: ['/node_modules/(?!cockatiel/)'], // an ES module, and jest loads CommonJS
  modulePathIgnorePatterns: ['<rootDir>/.stryker-tmp/'], // copies of all this, while npm run mutation is at work
  transform: {
    '^.+\\.[jt]s$': [
      '@swc/jest',
      { jsc: { target: 'es2023', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
};

module.exports = {
  projects: [
    {
      ...common,
      displayName: 'local',
      testMatch: ['<rootDir>/tests/**/*.test.ts'],
      testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/e2e/'],
    },
    { ...common, displayName: 'e2e', testMatch: ['<rootDir>/tests/e2e/**/*.test.ts'] },
  ],
  maxWorkers: '100%', // most slow tests wait for clocks
  testTimeout: 300_000, // for what hangs: a busy machine takes its time
};
