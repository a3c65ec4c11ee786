import type { RegistrationsView } from '../registrations/get-registrations';
import type { ServiceTypesView } from '../registrations/get-service-types';
import type { RegisteredFlavorsView } from '../registrations/registered-flavors-view';
import { RenderedViews } from './rendered-views';
import { representRegisteredFlavors, representRegistrations, representServiceTypes } from './representation';

/** What a flavor that is shown and each of its types take in memory beside the bytes of the answer, roughly. */
const BYTES_OF_A_FLAVOR = 256;
const BYTES_OF_A_TYPE = 8;
/** A service type as it is kept: an object with three fields. */
const BYTES_OF_A_TYPE_IN_USE = 128;
/** A flavor ID of a registration, as it is kept. */
const BYTES_OF_AN_ID = 64;
/** There are as many lists of service types as there are viewers; flavors are seen by each in many lists. */
const PART_FOR_SERVICE_TYPES = 1 / 8;
/** There is one document of all registrations. */
const PART_FOR_REGISTRATIONS = 1 / 8;

/** Where the answers to reads are kept ready, in as many bytes altogether. */
export interface ViewMemories {
  readonly flavors: RenderedViews<RegisteredFlavorsView>;
  readonly serviceTypes: RenderedViews<ServiceTypesView>;
  readonly registrations: RenderedViews<RegistrationsView>;
}

/** @param maxBytes how much all that is kept may take in memory */
export function createViewMemories(maxBytes: number): ViewMemories {
  const forServiceTypes = Math.floor(maxBytes * PART_FOR_SERVICE_TYPES);
  const forRegistrations = Math.floor(maxBytes * PART_FOR_REGISTRATIONS);
  return {
    flavors: new RenderedViews({
      maxBytes: maxBytes - forServiceTypes - forRegistrations,
      represent: representRegisteredFlavors,
      bytesBehind: bytesBehindFlavors,
    }),
    serviceTypes: new RenderedViews({
      maxBytes: forServiceTypes,
      represent: representServiceTypes,
      bytesBehind: ({ serviceTypes }) => serviceTypes.length * BYTES_OF_A_TYPE_IN_USE,
    }),
    registrations: new RenderedViews({
      maxBytes: forRegistrations,
      represent: representRegistrations,
      digest: ({ snapshot }) => snapshot.digest,
      bytesBehind: bytesBehindRegistrations,
    }),
  };
}

function bytesBehindFlavors({ flavors }: RegisteredFlavorsView): number {
  return flavors.reduce(
    (bytes, { serviceTypes }) => bytes + BYTES_OF_A_FLAVOR + BYTES_OF_A_TYPE * serviceTypes.length,
    0,
  );
}

function bytesBehindRegistrations({ snapshot }: RegistrationsView): number {
  return [...snapshot.registrations.values()].reduce((bytes, ids) => bytes + BYTES_OF_AN_ID * (1 + ids.length), 0);
}
