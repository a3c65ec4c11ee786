import { ConfigError } from './config-error';
import { readEnvironment } from './env-file';
import { readGivenValues } from './odd-values';
import { serviceSettings } from './settings';

/**
 * Reads nothing but where the service listens: whoever asks whether it is well does not need OpenStack.
 * @throws ConfigError
 */
export function readListenAddress(): { readonly host: string; readonly port: number } {
  const { HOST, PORT } = readEnvironment().values;
  const { given, mistakes } = readGivenValues({ HOST, PORT });
  const { error, data } = serviceSettings.pick({ HOST: true, PORT: true }).safeParse(given);
  mistakes.push(...(error?.issues ?? []).map(({ path, message }) => `${path.join()} ${message}.`));
  if (data === undefined || mistakes.length > 0) throw new ConfigError(mistakes);
  if (data.PORT === 0) throw new ConfigError(['PORT is 0, which picks a free one: the log of the service says which.']);
  return { host: data.HOST, port: data.PORT };
}
