import { type Config, readConfig } from '../../../src/config/config';
import { ConfigError } from '../../../src/config/config-error';

/** Settings that suffice to start. */
const ENOUGH = {
  OS_AUTH_URL: 'https://keystone.example:5000/v3',
  OS_USERNAME: 'registrar',
  OS_PASSWORD: 'a password',
  OS_PROJECT_NAME: 'service',
};

export type Settings = Record<string, string | undefined>;

/** The config of these settings, with what suffices to start. */
export const read = (settings: Settings = {}): Config => readConfig({ ...ENOUGH, ...settings });

/** What is said about settings that must not be accepted. */
export function mistakes(settings: Settings): readonly string[] {
  try {
    readConfig(settings);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  throw new Error('these settings were accepted');
}

/** The same with what suffices to start. */
export const mistakesWith = (settings: Settings) => mistakes({ ...ENOUGH, ...settings });
