const NAMES = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'] as const;

/**
 * Which proxies of the environment are not used. curl and openstackclient use them: who tries an address with those may be
 * led another way than the service. Names only: a proxy's URL may hold a password.
 */
export function unusedProxies(): string[] {
  const isSet = (name: string): boolean => (process.env[name] ?? '') !== '';
  return NAMES.flatMap((name) => [name, name.toLowerCase()]).filter(isSet);
}
