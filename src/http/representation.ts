import type { AcceptedFlavor, Flavor } from '../registrations/flavor';
import type { EventPage } from '../registrations/get-registration-events';
import type { ServiceTypes, ShownServiceType } from '../registrations/get-service-types';
import type { Registration } from '../registrations/registration';
import type { EventQuery, RegistrationEvent } from '../registrations/registration-event';
import type { FlavorDetails, RegisteredFlavors, ShownFlavor } from '../registrations/shown-flavor';
import type { components } from './contract-types';
import { writeEventQuery } from './event-query';
import { jsonList } from './json-pieces';
import { writeQuery } from './read-query';

type Schemas = components['schemas'];

/**
 * Links are relative to what was asked, beginning with its own last segment (RFC 3986, 5.2): right behind any proxy, under
 * any path and scheme, and no client can make them name another host. OpenStack's own libraries put what has no host
 * behind the endpoint (`openstack.resource.Resource._get_next_link`), which leads to the same place.
 */
const PAGES = 'RegisteredFlavors';
const EVENTS = 'RegistrationEvents';

/** A pair, as the contract writes it. */
export function renderRegistration({ serviceType, flavorId }: Registration): Schemas['Registration'] {
  return { service_type: serviceType, flavor_id: flavorId };
}

/** Renders what was read of the registered flavors, as the contract writes it; with links, when it is a page. */
export function renderRegisteredFlavors(read: RegisteredFlavors): Iterable<string> {
  const links = read.request.page === undefined ? {} : { links: linksOf(read) };
  const weigh = ({ serviceTypes }: ShownFlavor): number => WEIGHT_OF_A_FLAVOR + serviceTypes.length;
  return jsonList('registered_flavors', read.flavors, { render: renderShownFlavor, weigh }, links);
}

/** A flavor with its details weighs as much as so many service types. */
const WEIGHT_OF_A_FLAVOR = 20;

/** Renders the service types, as the contract writes them. */
export function renderServiceTypes(serviceTypes: ServiceTypes): Iterable<string> {
  return jsonList('service_types', serviceTypes, { render: renderServiceType, weigh: () => 3 }, {});
}

/** A page of events, as the contract writes it. */
export function renderEvents({ events, next }: EventPage, query: EventQuery): Schemas['RegistrationEvents'] {
  const self = { rel: 'self', href: EVENTS + writeEventQuery(query) };
  const links =
    next === undefined ? [self] : [self, { rel: 'next', href: EVENTS + writeEventQuery({ ...query, before: next }) }];
  return { registration_events: events.map(renderEvent), links };
}

function renderEvent(event: RegistrationEvent): Schemas['RegistrationEvent'] {
  return {
    id: event.id,
    created_at: new Date(event.at).toISOString(),
    action: event.action,
    service_type: event.serviceType,
    flavor_id: event.flavorId,
    user_id: event.userId,
    project_id: event.projectId,
    request_id: event.requestId,
    global_request_id: event.globalRequestId ?? null,
  };
}

function linksOf({ request, next }: RegisteredFlavors): Schemas['Links'] {
  const self = { rel: 'self', href: PAGES + writeQuery(request) };
  if (next === undefined || request.page === undefined) return [self];
  const flavorIds = request.flavorIds?.filter((flavorId) => flavorId > next); // so that links get shorter and not longer
  const following = { ...request, flavorIds, page: { ...request.page, marker: next } };
  return [self, { rel: 'next', href: PAGES + writeQuery(following) }];
}

function renderShownFlavor({ flavorId, serviceTypes, details }: ShownFlavor): Schemas['RegisteredFlavorList'][number] {
  const registration = { flavor_id: flavorId, service_types: [...serviceTypes] };
  return details === undefined ? registration : { ...registration, ...renderDetails(details) };
}

function renderDetails({ status, flavor, registeredAs }: FlavorDetails) {
  return {
    status,
    flavor: flavor === null ? null : renderFlavor(flavor),
    ...(registeredAs === undefined ? {} : { registered_as: renderAccepted(registeredAs) }),
  };
}

function renderAccepted(accepted: AcceptedFlavor): Schemas['AcceptedFlavor'] {
  const { name, ram, vcpus, disk, ephemeral, swap, isPublic } = accepted;
  return { name, size: { ram, vcpus, disk, ephemeral, swap }, is_public: isPublic };
}

function renderServiceType({ serviceType, flavorCount, changedAt }: ShownServiceType): Schemas['ServiceTypeInUse'] {
  return {
    name: serviceType,
    ...(flavorCount === undefined ? {} : { flavor_count: flavorCount }),
    ...(changedAt === undefined ? {} : { updated_at: new Date(changedAt).toISOString() }),
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
    extra_specs: flavor.extraSpecs && { ...flavor.extraSpecs },
  };
}
