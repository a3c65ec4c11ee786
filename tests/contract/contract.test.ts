import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import { parse } from 'yaml';
import { ERROR_TITLES, type ErrorCode } from '../../src/errors';
import type { components } from '../../src/http/contract-types';
import { FLAVOR_ID_PATTERN } from '../../src/registrations/flavor-id';
import { SERVICE_TYPE_PATTERN } from '../../src/registrations/service-type';

interface Reference {
  $ref: string;
}
interface MediaType {
  schema: object;
  examples?: Record<string, { summary?: string; value: unknown }>;
}
interface Answer {
  description: string;
  headers: Record<string, unknown>;
  content?: Record<string, MediaType>;
}
interface Operation {
  operationId: string;
  security?: object[];
  responses: Record<string, Answer | Reference>;
}
interface Contract {
  security: object[];
  paths: Record<string, Record<string, Operation>>;
  components: {
    parameters: Record<string, { in: string; required?: boolean; schema: object }>;
    schemas: Record<string, { pattern?: string; enum?: string[] }>;
    responses: Record<string, Answer>;
  };
}
type Errors = components['schemas']['Errors'];

const root = join(__dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const contract = parse(read('api-spec.yaml')) as Contract;

const operations = Object.values(contract.paths).flatMap((methods) => Object.values(methods));
const answers = operations.flatMap(({ operationId, responses }) =>
  Object.entries(responses).map(([status, answer]) => ({
    name: `${operationId} ${status}`,
    status: Number(status),
    answer: resolve(answer),
  })),
);
const examples = answers.flatMap(({ name, status, answer }) =>
  Object.entries(answer.content ?? {}).flatMap(([mediaType, { schema, examples: named = {} }]) =>
    Object.entries(named).map(([example, { value }]) => ({
      name: `${name} ${mediaType} ${example}`,
      example,
      status,
      schema,
      value,
    })),
  ),
);
const errorExamples = examples
  .filter(({ name, status }) => status >= 400 && !name.startsWith('getHealth 503')) // that one is oslo's own
  .map(({ value, ...rest }) => ({ ...rest, errors: (value as Errors).errors }));
const codes = Object.keys(ERROR_TITLES) as ErrorCode[];

function resolve(answer: Answer | Reference): Answer {
  if (!('$ref' in answer)) return answer;
  const name = answer.$ref.replace('#/components/responses/', '');
  const found = contract.components.responses[name];
  if (found === undefined) throw new Error(`no response ${name}`);
  return found;
}

/** From a path of the contract, or from one that a step is missing of. */
const LINK_TO_A_PAGE = /^(\.\.\/){0,2}errors\//;

describe('the contract and the domain', () => {
  it.each([
    ['ServiceType', SERVICE_TYPE_PATTERN],
    ['FlavorId', FLAVOR_ID_PATTERN],
  ])('have the same pattern for %s', (schema, pattern) => {
    expect(contract.components.schemas[schema]?.pattern).toBe(pattern.source);
  });

  it('have the same error codes', () => {
    expect(contract.components.schemas['ErrorCode']?.enum?.toSorted()).toEqual(codes.toSorted());
  });
});

describe('access', () => {
  it('is locked by default', () => {
    expect(contract.security).toEqual([{ KeystoneToken: [] }]);
  });

  it('is public for the operations that say what the service is, and for no other', () => {
    const overriding = operations.filter(({ security }) => security !== undefined);
    expect(overriding.map(({ operationId, security }) => [operationId, security])).toEqual([
      ['getVersions', []],
      ['getHealth', []],
      ['getReadiness', []],
      ['getContract', []],
      ['listErrorCodes', []],
      ['getErrorPage', []],
    ]);
  });

  it('documents 401, 403 and 503 wherever a token is needed', () => {
    const locked = operations.filter(({ security }) => security === undefined);
    expect(locked).toHaveLength(11);
    for (const { responses } of locked)
      expect(Object.keys(responses)).toEqual(expect.arrayContaining(['401', '403', '503']));
  });
});

describe('examples', () => {
  // Formats and OpenAPI's own keywords are no business of this check.
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: false });
  ajv.addSchema(contract, 'contract');
  const validatorOf = (schema: object) =>
    ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"contract#/')) as object);

  it.each(answers.filter(({ answer }) => answer.content !== undefined))('are there for $name', ({ answer }) => {
    const counts = Object.values(answer.content ?? {}).map((content) => Object.keys(content.examples ?? {}).length);
    expect(Math.min(...counts)).toBeGreaterThan(0);
  });

  it('are missing only where an answer has no body', () => {
    const bodiless = answers.filter(({ answer }) => answer.content === undefined);
    expect(bodiless.map(({ name }) => name)).toEqual([
      'getHealth 204',
      'getContract 304',
      'listErrorCodes 304',
      'getErrorPage 304',
      'listRegisteredFlavors 304',
      'getRegisteredFlavors 304',
      'checkRegisteredFlavors 304',
      'getRegistrations 304',
      'getServiceTypes 304',
    ]);
  });

  it.each(examples)('agree with their schema: $name', ({ schema, value }) => {
    const validate = validatorOf(schema);
    validate(value);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('would not agree if they were wrong', () => {
    const validate = validatorOf({ $ref: '#/components/schemas/Errors' });
    expect(validate({ errors: [{ code: 'registered-flavors.nonsense' }] })).toBe(false);
  });

  it('show every error code', () => {
    const shown = errorExamples.flatMap(({ errors }) => errors.map(({ code }) => code));
    expect([...new Set(shown)].toSorted()).toEqual(codes.toSorted());
  });

  it.each(errorExamples)('of errors are what the service would say: $name', ({ example, status, errors }) => {
    for (const error of errors) {
      expect(error).toMatchObject({
        code: `registered-flavors.${example}`,
        status,
        title: ERROR_TITLES[error.code],
        links: [{ rel: 'help', href: expect.stringMatching(LINK_TO_A_PAGE) as string }],
      });
      expect(error.links[0]?.href.replace(LINK_TO_A_PAGE, '')).toBe(error.code);
    }
  });
});

describe('headers', () => {
  it('of requests are any text to the contract: a target that its validator let through once is let through always', () => {
    const parameters = Object.values(contract.components.parameters);
    const beside = parameters.filter(({ in: place }) => !['path', 'query'].includes(place));
    expect(beside.map(({ in: place, required, schema }) => [place, required, schema])).toEqual(
      beside.map(() => ['header', undefined, { type: 'string' }]),
    );
  });

  const withStatus = (wanted: number) => answers.filter(({ status }) => status === wanted);

  it.each([
    [401, 'WWW-Authenticate'],
    [405, 'Allow'],
    [503, 'Retry-After'],
  ])('of every %i name %s', (status, header) => {
    expect(withStatus(status).filter(({ answer }) => !(header in answer.headers))).toEqual([]);
  });
});

describe('docs/errors.md', () => {
  const headings = [...read('docs/errors.md').matchAll(/^(##|###) (.+)$/gm)].map(([, level, text]) => ({
    level,
    text,
  }));

  it('explains each error code once, and nothing else', () => {
    const sections = headings.filter(({ level }) => level === '###').map(({ text }) => text);
    expect(sections.toSorted()).toEqual(codes.toSorted());
  });

  it('explains it under the status that it comes with', () => {
    const statusOf = new Map(
      errorExamples.flatMap(({ errors, status }) => errors.map(({ code }) => [code as string, status])),
    );
    let status = 0;
    for (const { level, text = '' } of headings) {
      if (level === '##') status = Number.parseInt(text, 10);
      else expect([text, status]).toEqual([text, statusOf.get(text)]);
    }
  });
});

describe('src/http/contract-types.ts', () => {
  it('is what openapi-typescript makes of the contract (npx openapi-typescript api-spec.yaml -o src/http/contract-types.ts)', () => {
    const generator = join(root, 'node_modules/openapi-typescript/bin/cli.js');
    const fresh = execFileSync(process.execPath, [generator, 'api-spec.yaml'], { cwd: root, encoding: 'utf8' });
    expect(fresh.trim()).toBe(read('src/http/contract-types.ts').trim());
  });
});
