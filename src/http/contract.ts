import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { RequestHandler } from 'express';
import { middleware as openApiMiddleware } from 'express-openapi-validator';
import { parse } from 'yaml';
import { compilePathsOnce } from './compile-paths-once';
import type { AdmitStep } from './admit';
import type { KnownTargets } from './known-targets';
import { contextOf } from './request-context';
import { Target } from './target';
import { withWholeNumbers } from './whole-numbers';

/** The contract as it stands in `api-spec.yaml`. */
export type Contract = NonNullable<Exclude<Parameters<typeof openApiMiddleware>[0]['apiSpec'], string>>;

/** One handler for each operationId. */
export type OperationHandlers = ReadonlyMap<string, RequestHandler>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const;

/** Reads the contract: as JSON where it was built, since YAML takes a third of a second, or from the top folder. */
export function readContract(): Contract {
  const built = path.join(__dirname, '..', 'api-spec.json');
  if (existsSync(built)) return JSON.parse(readFileSync(built, 'utf8')) as Contract;
  return parse(readFileSync(path.join(__dirname, '..', '..', 'api-spec.yaml'), 'utf8')) as Contract;
}

/** Writes the contract as JSON into a folder: a step of the build. */
export function buildContract(folder: string): void {
  writeFileSync(path.join(folder, 'api-spec.json'), JSON.stringify(readContract()));
}

/** The operationIds of a contract. */
export function operationIdsOf(contract: Contract): string[] {
  return Object.values(contract.paths ?? {}).flatMap((item) =>
    METHODS.flatMap((method) => item?.[method]?.operationId ?? []),
  );
}

/** The operationId of what is at a path of the contract. */
export function operationIdOf(contract: Contract, route: string, method: string): string | undefined {
  return operationOf(contract, route, method)?.operationId;
}

/** The names of an operation's query parameters; of those of one type, when it is given. */
export function queryParametersOf(contract: Contract, route: string, method: string, type?: 'integer'): string[] {
  const { parameters = [] } = operationOf(contract, route, method) ?? {};
  return parameters.flatMap((each) => {
    const parameter = parameterOf(contract, each);
    if (!('in' in parameter) || parameter.in !== 'query') return [];
    return type === undefined || schemaOf(contract, parameter.schema).type === type ? [parameter.name] : [];
  });
}

/** The media types of the body that an operation takes; none when it takes no body. Such operations have plain paths. */
export function bodyTypesOf(contract: Contract, { path, method }: { path: string; method: string }): string[] {
  return Object.keys(bodyOf(contract, path, method));
}

/** The schema of that body. */
export function bodySchemaOf(contract: Contract, { path, method }: { path: string; method: string }): Schema {
  return schemaOf(contract, Object.values(bodyOf(contract, path, method))[0]?.schema);
}

function bodyOf(contract: Contract, path: string, method: string) {
  const body = operationOf(contract, path, method)?.requestBody;
  return body !== undefined && 'content' in body ? body.content : {};
}

function operationOf(contract: Contract, route: string, method: string) {
  const known = METHODS.find((each) => each === method.toLowerCase());
  return known === undefined ? undefined : contract.paths?.[route]?.[known];
}

/** A JSON schema of the contract that is no reference. */
export type Schema = Exclude<
  NonNullable<NonNullable<NonNullable<Contract['components']>['schemas']>[string]>,
  { $ref: string }
>;

/** A schema, or the one that a reference names. */
export function schemaOf(contract: Contract, schema: Schema | { $ref: string } | undefined): Schema {
  if (schema === undefined || !('$ref' in schema)) return schema ?? {};
  return schemaOf(contract, contract.components?.schemas?.[schema.$ref.split('/').at(-1) ?? '']);
}

type Parameter = NonNullable<NonNullable<NonNullable<Contract['paths']>[string]>['parameters']>[number];

function parameterOf(contract: Contract, parameter: Parameter): Parameter {
  if (!('$ref' in parameter)) return parameter;
  return contract.components?.parameters?.[parameter.$ref.split('/').at(-1) ?? ''] ?? parameter;
}

/** What stands for the responses of an operation: the contract's format wants one. */
const ANY_RESPONSE = { default: { description: 'not looked at' } };

/**
 * What the validator needs of the contract: it goes through all of it for each operation that it has not met yet, and
 * follows each reference of an operation's parameters anew for each request.
 */
function forValidator(contract: Contract, { validateResponses }: { validateResponses: boolean }): Contract {
  const needed = structuredClone(contract);
  const operations = Object.values(needed.paths ?? {}).flatMap((item) =>
    METHODS.flatMap((method) => item?.[method] ?? []),
  );
  for (const operation of operations) {
    const parameters = operation.parameters?.map((each) => parameterOf(needed, each));
    Object.assign(operation, parameters && { parameters }, validateResponses ? {} : { responses: ANY_RESPONSE });
  }
  if (!validateResponses) for (const part of ['responses', 'headers'] as const) delete needed.components?.[part];
  return needed;
}

/**
 * Routes, checks and security as the contract says.
 *
 * The validator finds handlers at the first request, and one that is missing would then fail every operation; so both
 * lists are compared here, at the start.
 * @throws Error when an operation has no handler, or a handler no operation
 */
export function serveContract(
  contract: Contract,
  handlers: OperationHandlers,
  options: { admit: AdmitStep; targets: KnownTargets; validateResponses: boolean },
): RequestHandler[] {
  const operationIds = operationIdsOf(contract);
  const unhandled = operationIds.filter((operationId) => !handlers.has(operationId));
  const undocumented = [...handlers.keys()].filter((operationId) => !operationIds.includes(operationId));
  if (unhandled.length > 0 || undocumented.length > 0) {
    throw new Error(
      `api-spec.yaml and the operation handlers differ. Without a handler: ${unhandled.join(', ') || 'none'}; ` +
        `not in the contract: ${undocumented.join(', ') || 'none'}.`,
    );
  }
  compilePathsOnce();
  return openApiMiddleware({
    apiSpec: forValidator(contract, options),
    validateRequests: { allowUnknownQueryParameters: false },
    validateResponses: options.validateResponses,
    validateSecurity: { handlers: { KeystoneToken: (request) => isAdmitted(options.admit, request) } },
    fileUploader: false,
    operationHandlers: {
      basePath: '',
      // Given, since the library's own resolver keeps handlers process-wide: a second app would get the first one's.
      resolver: (_basePath, { openApiRoute, method }) => {
        const operation = operationOf(contract, openApiRoute, method);
        const { operationId = '', security = contract.security ?? [] } = operation ?? {};
        const handler = handlers.get(operationId);
        if (handler === undefined) throw new Error(`no handler for ${method} ${openApiRoute}`);
        // Responses are validated on the long way only.
        const known = options.validateResponses ? undefined : options.targets;
        const found: RequestHandler = (request, response, next) => {
          const target = new Target(operationId, openApiRoute, request.params, request.query);
          contextOf(request).target = target;
          if (request.method === 'GET') known?.add(request.url, { target, handler, isLocked: security.length > 0 });
          return handler(request, response, next);
        };
        return withWholeNumbers(queryParametersOf(contract, openApiRoute, method, 'integer'), found);
      },
    },
  });
}

/** For the validator, which would rewrap what is thrown: it is noted as the reason. */
async function isAdmitted(admit: AdmitStep, request: Parameters<RequestHandler>[0]): Promise<boolean> {
  try {
    await admit(request);
    return true;
  } catch (error) {
    contextOf(request).refusal = error;
    throw error;
  }
}
