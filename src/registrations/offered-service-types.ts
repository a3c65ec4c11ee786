import { RegisteredFlavorsError } from '../errors';
import { nearestName } from './nearest-name';
import type { ClosedServiceTypes, ServiceType } from './service-type';

/**
 * @throws RegisteredFlavorsError `invalid input`, one problem for each service type for which flavors may not be
 * registered here
 */
export function requireOffered(serviceTypes: readonly ServiceType[], offered: ClosedServiceTypes): void {
  if (offered === undefined) return;
  const others = serviceTypes.filter((serviceType) => !offered.includes(serviceType));
  if (others.length === 0) return;
  throw new RegisteredFlavorsError(
    'invalid input',
    others.map((serviceType) => {
      const meant = nearestName(serviceType, offered);
      const hint = meant === undefined ? `One of these: ${offered.join(', ')}.` : `Did you mean "${meant}"?`;
      return {
        code: 'registered-flavors.service_type.not_offered',
        detail: `"${serviceType}" is not among the service types that flavors are registered for here. ${hint}`,
      };
    }),
  );
}
