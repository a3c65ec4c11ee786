import { OLDER_NAMES, SETTING_NAMES } from './env-names';
import type { Environment } from './mapping';
import { serviceSettings } from './settings';

/** The settings whose value may be any text at all. */
const SECRETS: readonly string[] = ['OS_PASSWORD', 'OS_APPLICATION_CREDENTIAL_SECRET'];

const QUOTE = /['"`‘’“”„«»]/;
/** A secret that is nothing but a placeholder. */
const UNFILLED = /^(?:\$\{[^}]+\}|\$\([^)]+\)|\{\{.+\}\}|<.+>)$/s;
const INVISIBLE_EDGE = /^[\s\p{Cc}\p{Cf}]|[\s\p{Cc}\p{Cf}]$/u;
const ODD_EDGE = /[\s\p{Cc}\p{Cf}'"`‘’“”„«»]/u;
/** What Kubernetes, and links of docker, put into NAME_PORT for a Service NAME. */
const SERVICE_ADDRESS = /^(tcp|udp|sctp):\/\//i;
/** What a shell, compose or a manifest would have filled in; a `$` alone may be a part of a name. */
const PLACEHOLDER = /\$(?:[({]|(?:HOME|PWD)\b)/;
const QUOTES_ARE_KEPT = 'docker and podman keep the quotes of an --env-file';
const NAMES_OF_CHARACTERS: Readonly<Record<string, string>> = {
  ' ': 'a blank',
  '\t': 'a tab',
  '\n': 'a line feed',
  '\r': 'a carriage return',
};

/**
 * Looks for what came into the values on their way here and would be taken for a part of them: quotes, blanks and line
 * ends that a program has kept, placeholders that none has filled in, addresses that Kubernetes has put there.
 * @returns the mistakes, and what the values were probably meant to be, for whatever else is wrong with them. Empty values
 *   are left out: `PORT=` in a file means "not set"
 */
export function readGivenValues(environment: Environment): { given: Environment; mistakes: string[] } {
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const mistakes: string[] = [];
  for (const name of [...SETTING_NAMES, ...OLDER_NAMES]) {
    const value = given[name];
    if (value === undefined || SECRETS.includes(name)) continue;
    const mistake = mistakeIn(name, value);
    if (mistake === undefined) continue;
    mistakes.push(mistake);
    given[name] = SERVICE_ADDRESS.test(value) ? undefined : withoutOddities(name, value) || undefined;
  }
  // A program that kept the quotes of one value kept those of all.
  if (mistakes.some((mistake) => mistake.includes(QUOTES_ARE_KEPT))) mistakes.push(...quotedSecrets(given));
  return { given, mistakes };
}

/**
 * What looks odd about passwords and secrets. They are taken as they are all the same: one that really begins and ends with
 * quotes, or with a blank, could not be given otherwise.
 */
export function oddSecrets(values: Environment): string[] {
  return [...quotedSecrets(values), ...SECRETS.flatMap((name) => oddSecret(name, values[name]))];
}

/** What looks odd about one secret, wherever it comes from. */
export function oddSecret(name: string, value = ''): string[] {
  const looks: string[] = [];
  if (INVISIBLE_EDGE.test(value)) {
    looks.push('begins or ends with a blank, a line end or an invisible character, which is taken for a part of it');
  } else if (/[\r\n]/.test(value)) looks.push('has a line end in it, which is taken for a part of it');
  if (UNFILLED.test(value)) looks.push('looks like a placeholder that nothing has filled in, and is taken as it is');
  return looks.map((look) => `${name} ${look}.`);
}

function quotedSecrets(values: Environment): string[] {
  const isQuoted = (value: string): boolean => value.length > 1 && QUOTE.test(value[0]!) && QUOTE.test(value.at(-1)!);
  return SECRETS.filter((name) => isQuoted(values[name] ?? '')).map(
    (name) => `${name} begins and ends with a quote, which is taken for a part of it: ${QUOTES_ARE_KEPT}.`,
  );
}

function mistakeIn(name: string, value: string): string | undefined {
  if (name.endsWith('PORT') && SERVICE_ADDRESS.test(value)) return addressMistake(name);
  const parts = partsOf(name, value);
  const begins = parts.map((part) => part.at(0)!).find((character) => ODD_EDGE.test(character));
  const ends = parts.map((part) => part.at(-1)!).find((character) => ODD_EDGE.test(character));
  if (begins !== undefined || ends !== undefined) return edgeMistake(name, begins, ends);
  const inside = /\p{Cc}/u.exec(value)?.[0];
  if (inside !== undefined && !isList(name)) return `${name} has ${nameOf(inside)} in it, which no value may have.`;
  if (PLACEHOLDER.test(value)) return `${name} has a \${NAME}, $(NAME) or $HOME in it, which nothing fills in here.`;
  return undefined;
}

/** @see https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables */
function addressMistake(name: string): string {
  const service = name.slice(0, -'_PORT'.length).toLowerCase().replaceAll('_', '-');
  if (service === '') return `${name} must be a number, and not an address as Kubernetes sets NAME_PORT for a Service.`;
  return (
    `${name} must be a number: Kubernetes sets it to an address in each pod when a Service has the name "${service}". ` +
    'Set enableServiceLinks: false for the pod, or give the Service another name.'
  );
}

function edgeMistake(name: string, begins: string | undefined, ends: string | undefined): string {
  const found = [
    ...(begins === undefined ? [] : [`begins with ${nameOf(begins)}`]),
    ...(ends === undefined ? [] : [`ends with ${nameOf(ends)}`]),
  ];
  const why = [begins, ends].some((character) => QUOTE.test(character ?? '')) ? `: ${QUOTES_ARE_KEPT}` : '';
  return `${name} ${found.join(' and ')}, which would be a part of it${why}. Write it without.`;
}

function nameOf(character: string): string {
  if (QUOTE.test(character)) return `a quote (${character})`;
  const code = character.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
  return NAMES_OF_CHARACTERS[character] ?? `U+${code}`;
}

/** Blanks around each name of a list are nothing: they are left out wherever it stands. */
function partsOf(name: string, value: string): string[] {
  const parts = isList(name) ? value.split(',').map((part) => part.trim()) : [value];
  return parts.filter((part) => part !== '');
}

function withoutOddities(name: string, value: string): string {
  const trimmed = partsOf(name, value).map((part) => {
    const characters = [...part];
    const isOdd = (character: string): boolean => ODD_EDGE.test(character);
    const first = characters.findIndex((character) => !isOdd(character));
    const last = characters.findLastIndex((character) => !isOdd(character));
    return first === -1 ? '' : characters.slice(first, last + 1).join('');
  });
  return trimmed.join(',').replace(/\p{Cc}/gu, '');
}

function isList(name: string): boolean {
  if (!(name in serviceSettings.shape)) return false;
  return Array.isArray(serviceSettings.shape[name as keyof typeof serviceSettings.shape].safeParse('a').data);
}
