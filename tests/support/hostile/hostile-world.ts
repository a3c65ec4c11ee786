import { type StubCloud, startStubCloud } from '../../../src/stub/stub-cloud';
import { stubEnvironment } from '../stub-world';
import { ServiceProcess } from '../service-process';

/** A stub cloud in this process and our service in another one, with nobody but enemies around. */
export interface HostileWorld {
  readonly stub: StubCloud;
  readonly service: ServiceProcess;
  readonly admin: string;
  readonly member: string;
  /** The ids of the flavors that are registered for a type. */
  registered(serviceType: string): Promise<string[]>;
  /** Sends a request with an admin's token. */
  send(method: string, path: string): Promise<{ status: number; body: unknown }>;
  /** Ends everything, and answers with the exit code of the service: 0, unless something ended it before. */
  close(): Promise<number | string | null>;
}

/** What a service looks like that nothing has harmed. */
export const UNHARMED = { ended: null, complaints: '' };

export async function startHostileWorld(environment: Readonly<Record<string, string>> = {}): Promise<HostileWorld> {
  const stub = await startStubCloud();
  const service = await ServiceProcess.start({
    ...stubEnvironment(stub),
    SHUTDOWN_SECONDS: '0',
    VALIDATE_RESPONSES: 'true',
    ...environment,
  });
  const admin = stub.keystone.tokenFor('admin');
  const send = async (method: string, path: string) => {
    const answer = await fetch(service.url + path, { method, headers: { 'X-Auth-Token': admin } });
    return { status: answer.status, body: await answer.json() };
  };
  return {
    stub,
    service,
    admin,
    member: stub.keystone.tokenFor('alice'),
    send,
    registered: async (serviceType) => {
      const { body } = await send('GET', `/RegisteredFlavors/${serviceType}`);
      return (body as { registered_flavors: { flavor_id: string }[] }).registered_flavors.map((each) => each.flavor_id);
    },
    close: async () => {
      const exit = await service.stop();
      await stub.close();
      return exit;
    },
  };
}
