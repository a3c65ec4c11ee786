import type { Flavor } from '../../src/registrations/flavor';
import type { FlavorAnswer } from '../../src/registrations/flavor-directory';
import { isVisible } from '../../src/registrations/visibility';

const MISSING: FlavorAnswer = { status: 'missing', askedAt: 0 };

/** A flavor as Nova tells it; without `disabled` as from 2.102 on. */
function found(isPublic: boolean, disabled: boolean | undefined): FlavorAnswer {
  const flavor: Flavor = {
    id: 'b1.small',
    name: 'b1.small',
    description: null,
    ram: 1,
    vcpus: 1,
    disk: 1,
    ephemeral: 0,
    swap: 0,
    rxtxFactor: undefined,
    isPublic,
    isDisabled: disabled,
    extraSpecs: {},
  };
  return { status: 'found', flavor, askedAt: 0 };
}

describe('isVisible', () => {
  it.each([
    { what: 'a public flavor', answer: found(true, false), toReaders: true },
    {
      what: 'a public flavor of a Nova that no longer knows disabled ones',
      answer: found(true, undefined),
      toReaders: true,
    },
    { what: 'a disabled flavor', answer: found(true, true), toReaders: false },
    { what: 'a private flavor', answer: found(false, false), toReaders: false },
    { what: 'a private and disabled flavor', answer: found(false, true), toReaders: false },
    { what: 'a flavor that Nova no longer has', answer: MISSING, toReaders: false },
  ])('$what: to admins true, to readers $toReaders', ({ answer, toReaders }) => {
    expect({ toAdmins: isVisible(answer, true), toReaders: isVisible(answer, false) }).toEqual({
      toAdmins: true,
      toReaders,
    });
  });
});
