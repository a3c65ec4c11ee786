// npm run mutation: what is mutated stands in parts.json, the tests that have to notice it in jest.config.cjs.
import { readFileSync } from 'node:fs';

const parts = JSON.parse(readFileSync(new URL('parts.json', import.meta.url), 'utf8'));

export default {
  testRunner: 'jest',
  plugins: ['@stryker-mutator/jest-runner'],
  jest: { configFile: 'tests/mutation/jest.config.cjs' },
  mutate: Object.values(parts).flatMap((places) =>
    places.map((place) => (place.endsWith('/') ? `${place}**/*.ts` : place)),
  ),
  coverageAnalysis: 'perTest',
  // Tables (settings, titles, statuses) are behaviour here, so that what is only evaluated at the start counts, too.
  ignoreStatic: false,
  // Types are not checked in a run, and a test compares a generated file byte by byte.
  disableTypeChecks: false,
  concurrency: 2,
  timeoutMS: 10_000,
  thresholds: { high: 95, low: 90, break: 85 },
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, reportTests: false },
  jsonReporter: { fileName: 'reports/mutation/mutation.json' },
  tempDirName: '.stryker-tmp',
};
