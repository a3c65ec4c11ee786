import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020';
import { readContract } from '../../src/http/contract';

interface Reference {
  $ref: string;
}
interface DocumentedAnswer {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: object }>;
}
interface Operation {
  operationId: string;
  responses: Record<string, DocumentedAnswer | Reference>;
}
interface Document {
  paths: Record<string, Record<string, Operation>>;
  components: { responses: Record<string, DocumentedAnswer> };
}

/** What came over the wire, however it was sent. */
export interface WireAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const contract = readContract() as unknown as Document;
const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(contract, 'contract');

/** Every `operationId status` that the contract documents. */
export function documentedAnswers(): string[] {
  return operations().flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  );
}

/** What of an answer the contract does not allow; empty when all is as documented. */
export function contractBreaches(operationId: string, answer: WireAnswer): string[] {
  const documented = find(operationId, answer.status);
  if (documented === undefined) return [`${operationId} does not document ${answer.status}`];
  const missing = Object.keys(documented.headers ?? {}).filter((name) => !(name.toLowerCase() in answer.headers));
  return [...missing.map((name) => `header ${name} is missing`), ...bodyBreaches(documented, answer)];
}

/** Refused while the path was not known yet. */
const BEFORE_ITS_PATH = [408, 431];

/** The help links of an error that do not lead to the page of its code, at the root and below a prefix. */
export function helpBreaches(asked: string, { status, headers, body }: WireAnswer): string[] {
  if (status < 400 || headers['content-type']?.startsWith('application/json') !== true) return [];
  const { errors = [] } = JSON.parse(body) as { errors?: { code: string; links: { href: string }[] }[] };
  const from = BEFORE_ITS_PATH.includes(status) ? '/' : asked;
  return ['http://service', 'http://proxy/a/prefix'].flatMap((endpoint) =>
    errors
      .map(({ code, links }) => [new URL(links[0]?.href ?? '', endpoint + from).href, `${endpoint}/errors/${code}`])
      .filter(([leadsTo, page]) => leadsTo !== page)
      .map(([leadsTo]) => `the help link leads to ${leadsTo}`),
  );
}

function bodyBreaches(documented: DocumentedAnswer, answer: WireAnswer): string[] {
  if (documented.content === undefined) return answer.body === '' ? [] : ['there is a body'];
  const type = (answer.headers['content-type'] ?? '').split(';')[0] ?? '';
  const media = documented.content[type];
  if (media === undefined) return [`content type "${type}" is not documented`];
  const validate = validatorOf(media.schema);
  validate(type === 'application/json' ? JSON.parse(answer.body) : answer.body);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

function validatorOf(schema: object): ValidateFunction {
  return ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')) as object);
}

function find(operationId: string, status: number): DocumentedAnswer | undefined {
  const operation = operations().find((each) => each.operationId === operationId);
  const documented = operation?.responses[String(status)];
  if (documented === undefined || !('$ref' in documented)) return documented;
  return contract.components.responses[documented.$ref.replace('#/components/responses/', '')];
}

function operations(): Operation[] {
  return Object.values(contract.paths).flatMap((item) => Object.values(item));
}
