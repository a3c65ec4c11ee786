import { type NovaCall, novaFault } from './nova-answers';
import { isSupported, type Microversion, renderMicroversion } from './nova-version';
import type { StubAnswer } from './stub-http';

/** Nova's word on a version that is none. */
export function malformedVersion(asked: string): StubAnswer {
  const format = 'Must be of format MajorNum.MinorNum.';
  return novaFault(undefined, 400, `API Version String ${asked} is of invalid format. ${format}`);
}

/** What Nova refuses of a call before it looks at flavors: a version it does not speak, somebody else's project. */
export function refuseCall(call: NovaCall, highest: Microversion): StubAnswer | undefined {
  const { version, pathProject, caller } = call;
  if (!isSupported(version, highest)) {
    const range = `Minimum is 2.1 and maximum is ${renderMicroversion(highest)}.`;
    return novaFault(call, 406, `Version ${renderMicroversion(version)} is not supported by the API. ${range}`);
  }
  if (pathProject === undefined || pathProject === caller.projectId) return undefined;
  const whose = `URL's project_id '${pathProject}' doesn't match Context's project_id '${caller.projectId ?? 'None'}'`;
  return novaFault(call, 400, `Malformed request URL: ${whose}`);
}
