import { type Config, readProcessConfig, readProcessDatabaseUrl } from '../../config/config';
import { ConfigError } from '../../config/config-error';
import { type Finding, renderFinding } from './finding';
import { lookAtDriver } from './look-at-driver';
import { lookAtNode } from './look-at-node';
import { lookAtOpenStack } from './look-at-openstack';
import { lookAtRegistry } from './look-at-registry';

/**
 * `doctor`: looks at Node.js, the settings, the registry, Keystone and Nova, and says what is wrong and what to do. Changes nothing.
 * Ends with 1 when something has to be mended.
 */
export async function doctor(): Promise<void> {
  const driver = lookAtDriver();
  tell([lookAtNode(process.versions.node, new Date().toISOString().slice(0, 10)), ...driver]);
  const settings = lookAtSettings();
  tell(settings.findings);
  const databaseUrl = settings.config?.databaseUrl ?? unlessMistaken(readProcessDatabaseUrl);
  const registry = databaseUrl === undefined || driver.length > 0 ? undefined : lookAtRegistry(databaseUrl);
  tell(registry?.findings ?? []);
  if (settings.config !== undefined) tell(await lookAtOpenStack(settings.config, registry?.isSound === true));
}

function tell(findings: readonly Finding[]): void {
  for (const finding of findings) process.stdout.write(`${renderFinding(finding)}\n`);
  if (findings.some(({ severity }) => severity === 'fail')) process.exitCode = 1;
}

function lookAtSettings(): { config: Config | undefined; findings: Finding[] } {
  const about = 'settings';
  try {
    const config = readProcessConfig();
    const warnings = config.warnings.map((says): Finding => ({ about, severity: 'warn', says }));
    return { config, findings: [{ about, severity: 'ok', says: 'Every setting is well-formed.' }, ...warnings] };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const findings = error.mistakes.map((says): Finding => ({ about, severity: 'fail', says }));
    const advice = 'Settings are environment variables, or lines of a file .env; .env.example explains each.';
    findings.push({ about, severity: 'fail', says: `${findings.length} of the settings are to be mended.`, advice });
    return { config: undefined, findings };
  }
}

/** What is wrong with it has been said among the settings. */
function unlessMistaken(read: () => string): string | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return undefined;
  }
}
