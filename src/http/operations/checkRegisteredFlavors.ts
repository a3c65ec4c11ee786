import type { RequestHandler } from 'express';
import { checkRegisteredFlavors as check, type ReadPorts } from '../../registrations/get-registered-flavors';
import { cacheStatus } from '../cache-status';
import { sendRendered } from '../conditional-answer';
import type { RenderedViews } from '../rendered-views';
import { callOf } from '../request-context';
import { pathList, queryText } from '../request-values';
import { readSelector } from '../selector-query';

/** GET /RegisteredFlavors/{serviceTypes}/{flavorIDs} */
export function checkRegisteredFlavors(ports: ReadPorts & { readonly views: RenderedViews }): RequestHandler {
  return async (request, response) => {
    const reading = await check(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      asProject: queryText(request, 'project_id'),
      flavorIds: pathList(request, 'flavorIDs'),
      selector: readSelector(request),
    });
    response.setHeader('Cache-Status', cacheStatus(reading, ports.clock.now()));
    sendRendered(request, response, ports.views.render(reading.view));
  };
}
