// Pure tests first, those that wait for timers last: most mutants are killed before those begin.
const { default: Sequencer } = require('@jest/test-sequencer');

const ORDER = ['/unit/', '/registrations/', '/contract/', '/openstack/'];
const placeOf = ({ path }) => ORDER.findIndex((folder) => path.includes(folder));

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => placeOf(a) - placeOf(b) || (a.path < b.path ? -1 : 1));
  }
};
