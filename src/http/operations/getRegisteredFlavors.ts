import type { RequestHandler } from 'express';
import { getRegisteredFlavors as read, type ReadPorts } from '../../registrations/get-registered-flavors';
import { cacheStatus } from '../cache-status';
import { sendRendered } from '../conditional-answer';
import type { RenderedViews } from '../rendered-views';
import { pathList, queryList, queryText } from '../request-values';
import { readSelector } from '../selector-query';
import { callOf } from '../request-context';

/** GET /RegisteredFlavors/{serviceTypes} */
export function getRegisteredFlavors(ports: ReadPorts & { readonly views: RenderedViews }): RequestHandler {
  return async (request, response) => {
    const reading = await read(ports, callOf(request), {
      serviceTypes: pathList(request, 'serviceTypes'),
      asProject: queryText(request, 'project_id'),
      flavorIds: queryList(request, 'flavor_ids'),
      selector: readSelector(request),
    });
    response.setHeader('Cache-Status', cacheStatus(reading, ports.clock.now()));
    sendRendered(request, response, ports.views.render(reading.view));
  };
}
