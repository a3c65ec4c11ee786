import type { Flavor } from '../registrations/flavor';
import type { HydratedFlavor } from '../registrations/registered-flavors-view';
import type { Registration } from '../registrations/registration';
import type { components } from './contract-types';

type Schemas = components['schemas'];

/** A pair, as the contract writes it. */
export function renderRegistration({ serviceType, flavorId }: Registration): Schemas['Registration'] {
  return { service_type: serviceType, flavor_id: flavorId };
}

/** A registered flavor with what Nova says of it, as the contract writes it. */
export function renderRegisteredFlavor(registered: HydratedFlavor): Schemas['RegisteredFlavor'] {
  return {
    flavor_id: registered.flavorId,
    service_types: [...registered.serviceTypes],
    status: registered.status,
    flavor: registered.flavor === null ? null : renderFlavor(registered.flavor),
  };
}

function renderFlavor(flavor: Flavor): Schemas['Flavor'] {
  return {
    id: flavor.id,
    name: flavor.name,
    description: flavor.description,
    ram: flavor.ram,
    vcpus: flavor.vcpus,
    disk: flavor.disk,
    ephemeral: flavor.ephemeral,
    swap: flavor.swap,
    ...(flavor.rxtxFactor === undefined ? {} : { rxtx_factor: flavor.rxtxFactor }),
    is_public: flavor.isPublic,
    ...(flavor.isDisabled === undefined ? {} : { is_disabled: flavor.isDisabled }),
    extra_specs: { ...flavor.extraSpecs },
  };
}
