import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, readConfig } from '../../../src/config/config';
import { ConfigError } from '../../../src/config/config-error';
import { temporaryFolder } from '../../store/temporary-folder';

/** A `clouds.yaml` with the cloud `prod`, which has all that the service needs. */
export const COMPLETE = `
clouds:
  prod:
    auth:
      auth_url: https://keystone.example:5000
      username: registrar
      password: from clouds
      user_domain_name: Services
      project_name: service
      project_domain_id: d-1
    region_name: RegionOne
    interface: internal
`;

/** Makes a folder for the files of each test, and reads the cloud `prod` of the `clouds.yaml` in it. */
export function useCloudFiles() {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => folder.remove());

  const pathOf = (name: string): string => folder.in(name);

  function write(name: string, content: string | Buffer): string {
    mkdirSync(dirname(pathOf(name)), { recursive: true });
    writeFileSync(pathOf(name), content);
    return pathOf(name);
  }

  const readAll = (settings: Record<string, string> = {}): Config =>
    readConfig({ OS_CLOUD: 'prod', OS_CLIENT_CONFIG_FILE: pathOf('clouds.yaml'), ...settings });
  const read = (settings: Record<string, string> = {}): Config['openstack'] => readAll(settings).openstack;
  const warnings = (): readonly string[] => readAll().warnings;

  /** What is said about files that must not be accepted. */
  function mistakes(settings: Record<string, string> = {}): readonly string[] {
    try {
      read(settings);
    } catch (error) {
      if (error instanceof ConfigError) return error.mistakes;
      throw error;
    }
    throw new Error('these settings were accepted');
  }

  return { pathOf, write, read, mistakes, warnings };
}
