import type { AcceptedFlavor, Flavor } from '../registrations/flavor';
import type { EventPage } from '../registrations/get-registration-events';
import type { RegistrationsView } from '../registrations/get-registrations';
import type { ServiceTypesView, ShownServiceType } from '../registrations/get-service-types';
import type { FlavorDetails, RegisteredFlavorsView, ShownFlavor } from '../registrations/registered-flavors-view';
import type { Registration } from '../registrations/registration';
import type { EventQuery, RegistrationEvent } from '../registrations/registration-event';
import type { components } from './contract-types';
import { writeEventQuery } from './event-query';
import { writeQuery } from './read-query';

type Schemas = components['schemas'];

/** A pair, as the contract writes it. */
export function renderRegistration({ serviceType, flavorId }: Registration): Schemas['Registration'] {
  return { service_type: serviceType, flavor_id: flavorId };
}

/** What was read of the registered flavors, as the contract writes it; with links, when it is a page. */
export function representRegisteredFlavors(
  view: RegisteredFlavorsView,
): Schemas['RegisteredFlavors'] | Schemas['RegisteredFlavorsPage'] {
  const registered_flavors = view.flavors.map(renderShownFlavor);
  return view.request.page === undefined ? { registered_flavors } : { registered_flavors, links: linksOf(view) };
}

/** All registrations, as the contract writes them. */
export function representRegistrations({ snapshot }: RegistrationsView): {
  registrations: Readonly<Record<string, readonly string[]>>;
} {
  return { registrations: Object.fromEntries(snapshot.registrations) };
}

/** The service types, as the contract writes them. */
export function representServiceTypes({ serviceTypes }: ServiceTypesView): Schemas['ServiceTypes'] {
  return { service_types: serviceTypes.map(renderServiceType) };
}

/** A page of events, as the contract writes it. */
export function representEvents({ events, next }: EventPage, query: EventQuery): Schemas['RegistrationEvents'] {
  const self = { rel: 'self', href: writeEventQuery(query) };
  const links =
    next === undefined ? [self] : [self, { rel: 'next', href: writeEventQuery({ ...query, before: next }) }];
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

/** Queries only: right behind any proxy, under any path and scheme, and no client can make them name another host. */
function linksOf({ request, next }: RegisteredFlavorsView): Schemas['Links'] {
  const self = { rel: 'self', href: writeQuery(request) };
  if (next === undefined || request.page === undefined) return [self];
  const flavorIds = request.flavorIds?.filter((flavorId) => flavorId > next); // so that links get shorter and not longer
  const following = { ...request, flavorIds, page: { ...request.page, marker: next } };
  return [self, { rel: 'next', href: writeQuery(following) }];
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
    extra_specs: { ...flavor.extraSpecs },
  };
}
