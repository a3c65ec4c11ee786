import { readContract } from '../../src/http/contract';
import { contractBreaches, documentedAnswers, type WireAnswer } from '../support/contract-answers';
import type { FuzzRequest } from './requests';

const paths = readContract().paths as Record<string, Record<string, { operationId: string }>>;
const documented = new Set(documentedAnswers());

/** Codes that say that a request is malformed: one that is as the contract says never gets them. */
const OF_MALFORMED = new Set(
  ['request.invalid', 'service_type.invalid', 'flavor_id.invalid', 'query.unknown', 'body.invalid'].map(ours),
);
/** What no answer may show: where in the code something happened. */
const INSIDES = /\n\s+at |node_modules|\.[jt]s:\d|SQLITE_/;

/** The operation that a request is for; undefined when its path or its method has none. */
export function operationOf({ method, target }: FuzzRequest): string | undefined {
  const segments = target.split(/[?# ]/)[0]!.split('/');
  const item = Object.entries(paths).find(([path]) => {
    const template = path.split('/');
    return (
      template.length === segments.length &&
      template.every((part, at) => (part.startsWith('{') ? segments[at] !== '' : part === segments[at]))
    );
  });
  return item?.[1][method === 'HEAD' ? 'get' : method.toLowerCase()]?.operationId;
}

/**
 * What is wrong with what was answered; empty when all is well.
 * @param causes what errors of the service's own kind may be about just now
 */
export function faultsOf(
  request: FuzzRequest,
  answers: readonly WireAnswer[],
  causes: readonly string[],
  secrets: readonly string[],
): string[] {
  const [answer, ...more] = answers;
  if (request.leaves) return [];
  if (answer === undefined) return ['there is no answer'];
  const codes = codesOf(answer);
  return [
    ...more.map(({ status }) => `there is another answer, ${status}`),
    ...breaches(request, answer),
    ...unexplained(answer, codes, causes),
    ...(request.tame ? codes.filter((code) => OF_MALFORMED.has(code)).map((code) => `${code} for a good request`) : []),
    ...leaks(answer, secrets),
  ];
}

/** The codes of an error; none of anything else. */
export function codesOf({ status, body }: WireAnswer): string[] {
  if (status < 400 || !body.startsWith('{"errors"')) return [];
  return (JSON.parse(body) as { errors: { code: string }[] }).errors.map(({ code }) => code);
}

function breaches(request: FuzzRequest, answer: WireAnswer): string[] {
  const operation = operationOf(request);
  // The refusals of what belongs to no operation have the shape of all others.
  if (operation === undefined && answer.status < 400) return [`${answer.status} for what is no operation`];
  const operationId = operation ?? 'registerFlavors';
  if (request.method !== 'HEAD' || wasNotRead(answer)) return contractBreaches(operationId, answer);
  const isDocumented = documented.has(`${operationId} ${answer.status}`);
  return [
    ...(isDocumented ? [] : [`${operationId} does not document ${answer.status}`]),
    ...(answer.body === '' ? [] : ['there is a body for HEAD']),
  ];
}

/** Of a request that is no HTTP the method is not known, either: its refusal has a body, and ends the connection. */
function wasNotRead(answer: WireAnswer): boolean {
  return answer.body.includes('not a well-formed HTTP/1.1 request') || answer.status === 431;
}

function unexplained({ status }: WireAnswer, codes: readonly string[], causes: readonly string[]): string[] {
  if (status < 500) return [];
  const isExplained = (code: string) => causes.some((cause) => code.startsWith(ours(`${cause}.`)));
  if (causes.length > 0 && codes.every(isExplained)) return []; // HEAD has no codes
  return [`${status} ${codes.join()} is not of what is wrong (${causes.join() || 'nothing'})`];
}

function leaks({ body, headers }: WireAnswer, secrets: readonly string[]): string[] {
  const text = body + JSON.stringify(headers);
  const inside = INSIDES.exec(text);
  return [
    ...(inside === null ? [] : [`it shows ${JSON.stringify(inside[0])}`]),
    ...(secrets.some((secret) => text.includes(secret)) ? ['it shows a secret'] : []),
  ];
}

function ours(code: string): string {
  return `registered-flavors.${code}`;
}
