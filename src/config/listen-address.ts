import { readEnvironment } from './config';
import { ConfigError } from './config-error';
import { serviceSettings } from './settings';

/**
 * Reads nothing but where the service listens: whoever asks whether it is well does not need OpenStack.
 * @throws ConfigError
 */
export function readListenAddress(): { readonly host: string; readonly port: number } {
  const { HOST, PORT } = readEnvironment();
  const address = serviceSettings.pick({ HOST: true, PORT: true });
  const { error, data } = address.safeParse({ HOST: HOST || undefined, PORT: PORT || undefined });
  if (data === undefined) throw new ConfigError(error.issues.map(({ path, message }) => `${path.join()} ${message}.`));
  if (data.PORT === 0) throw new ConfigError(['PORT is 0, which picks a free one: the log of the service says which.']);
  return { host: data.HOST, port: data.PORT };
}
