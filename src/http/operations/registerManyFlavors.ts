import type { RequestHandler } from 'express';
import type { FlavorSelector } from '../../registrations/flavor-selector';
import { registerFlavors, type RegisterPorts, type WantedFlavors } from '../../registrations/register-flavors';
import type { components } from '../contract-types';
import { refuseIfMatch } from '../if-match';
import { callOf, targetOf } from '../request-context';
import { isDryRun } from '../request-values';
import { sendRegistered } from '../writing-answer';

type Body = components['schemas']['RegisterRequest'];

/** POST /RegisteredFlavors */
export function registerManyFlavors(ports: RegisterPorts): RequestHandler {
  return async (request, response) => {
    refuseIfMatch(request);
    const body = request.body as Body; // the contract's validator has seen it
    const outcome = await registerFlavors(ports, callOf(request), {
      serviceTypes: body.service_types,
      flavors: wantedBy(body),
      isPreview: isDryRun(targetOf(request)),
    });
    sendRegistered(request, response, outcome);
  };
}

function wantedBy({ flavor_ids: flavorIds, selector }: Body): WantedFlavors {
  if (selector !== undefined) return { selector: readSelector(selector) };
  return { flavorIds: flavorIds ?? [], named: 'in a body' };
}

function readSelector(selector: components['schemas']['FlavorSelector']): FlavorSelector {
  return {
    name: selector.name,
    extraSpecs: [],
    extraSpecsByKey: new Map(Object.entries(selector.extra_specs ?? {})),
    minVcpus: selector.min_vcpus,
    minRam: selector.min_ram,
    minDisk: selector.min_disk,
    isPublic: selector.is_public,
  };
}
