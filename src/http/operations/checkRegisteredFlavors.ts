import type { RequestHandler } from 'express';
import { getRegisteredFlavors, type ReadPorts, requireAny } from '../../registrations/get-registered-flavors';
import type { ReadRequest } from '../../registrations/read-request';
import { readQuery } from '../read-query';
import { renderRegisteredFlavors } from '../representation';
import { callOf, targetOf } from '../request-context';
import { pathList } from '../request-values';
import { toSmallResponseBody } from '../response-body';
import { type SendReadPorts, sendRead } from '../send-read';
import type { Target } from '../target';

/** The ETag of a response without any flavor. */
const { etag: ETAG_OF_NONE } = toSmallResponseBody('{"registered_flavors":[]}');

/** GET /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function checkRegisteredFlavors(ports: ReadPorts & SendReadPorts): RequestHandler {
  const answer = {
    render: renderRegisteredFlavors,
    showsDetails: true,
    require: (etag: string) => requireAny(etag === ETAG_OF_NONE),
  };
  return async (request, response) => {
    const asked = targetOf(request).once(readTarget);
    await sendRead(request, response, ports, getRegisteredFlavors(ports, callOf(request), asked), answer);
  };
}

function readTarget(target: Target): ReadRequest {
  const [serviceTypes, flavorIds] = [pathList(target, 'serviceTypes'), pathList(target, 'flavorIDs')];
  return readQuery(target.query, { serviceTypes, flavorIds, page: undefined });
}
