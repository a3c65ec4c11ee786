// Pure tests first: they are fast, and most mutants are killed before the others begin.
const { default: Sequencer } = require('@jest/test-sequencer');

const ORDER = ['/unit/', '/registrations/', '/contract/'];
const placeOf = ({ path }) => ORDER.findIndex((folder) => path.includes(folder));

module.exports = class extends Sequencer {
  sort(tests) {
    return [...tests].sort((a, b) => placeOf(a) - placeOf(b) || (a.path < b.path ? -1 : 1));
  }
};
