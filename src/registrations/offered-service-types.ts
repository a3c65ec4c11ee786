import { type Problem, RegisteredFlavorsError } from '../errors';
import { nearestName } from './nearest-name';
import type { ClosedServiceTypes, ServiceType } from './service-type';

/** To look for what was meant takes a while. */
const MOST_NAMED = 99;

/**
 * @throws RegisteredFlavorsError `invalid input`, one problem for each service type for which flavors may not be
 * registered here
 */
export function requireOffered(serviceTypes: readonly ServiceType[], offered: ClosedServiceTypes): void {
  if (offered === undefined) return;
  const others = serviceTypes.filter((serviceType) => !offered.includes(serviceType));
  if (others.length === 0) return;
  const problems = others.slice(0, MOST_NAMED).map((serviceType) => notOffered(serviceType, offered));
  const more = others.length - MOST_NAMED;
  if (more > 0) problems.push(problem(`${more} more service types are not among them, either.`));
  throw new RegisteredFlavorsError('invalid input', problems);
}

function notOffered(serviceType: ServiceType, offered: readonly ServiceType[]): Problem {
  const meant = nearestName(serviceType, offered);
  const hint = meant === undefined ? `One of these: ${offered.join(', ')}.` : `Did you mean "${meant}"?`;
  return problem(`"${serviceType}" is not among the service types that flavors are registered for here. ${hint}`);
}

function problem(detail: string): Problem {
  return { code: 'registered-flavors.service_type.not_offered', detail };
}
