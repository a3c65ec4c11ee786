// The rooms of docs/architecture.md: imports point downward only, without circles.
const room = (name, from, to, comment) => ({ name, severity: 'error', comment, from, to });

module.exports = {
  forbidden: [
    room('no-circles', {}, { circular: true }, 'Nobody walks back.'),
    room(
      'the-domain-knows-no-technology',
      { path: '^src/registrations/' },
      { pathNot: '^src/(registrations/|errors\\.ts$|clock\\.ts$)' },
      'The domain imports neither another room nor a library.',
    ),
    room(
      'rooms-do-not-see-each-other',
      { path: '^src/(http|store|openstack|metrics)/' },
      { path: '^src/(http|store|openstack|metrics|cli|stub|compose\\.ts|main\\.ts)', pathNot: '^src/$1/' },
      'http, store, openstack and metrics meet in compose.ts only.',
    ),
    room(
      'the-stub-stands-alone',
      { path: '^src/stub/' },
      { path: '^src/', pathNot: '^src/stub/' },
      'A stub that shares code with what it tests would share its mistakes.',
    ),
    room(
      'only-demo-and-tests-use-the-stub',
      { path: '^src/', pathNot: '^src/(stub|cli)/' },
      { path: '^src/stub/' },
      'The service never starts a stub.',
    ),
    room('no-orphans', { orphan: true, pathNot: '\\.d\\.ts$|contract-types\\.ts$' }, {}, 'Dead code is deleted.'),
    room('src-never-needs-tests', { path: '^src/' }, { path: '^tests/' }),
    room(
      'no-dev-dependency-in-src',
      { path: '^src/' },
      { dependencyTypes: ['npm-dev', 'npm-no-pkg'], dependencyTypesNot: ['type-only'] },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
  },
};
