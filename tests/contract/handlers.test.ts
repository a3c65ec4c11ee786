import type { RequestHandler } from 'express';
import { KnownTargets } from '../../src/http/known-targets';
import { operationIdsOf, readContract, serveContract } from '../../src/http/contract';

describe('the contract and its handlers', () => {
  const contract = readContract();
  const nothing: RequestHandler = () => undefined;
  const handlersFor = (operationIds: readonly string[]) => new Map(operationIds.map((id) => [id, nothing]));
  const serve = (operationIds: readonly string[]) =>
    serveContract(contract, handlersFor(operationIds), {
      ...{ admit: () => undefined, targets: new KnownTargets(), validateResponses: false },
    });

  it('have one handler for each operation', () => {
    expect(() => serve(operationIdsOf(contract))).not.toThrow();
  });

  it('stop the start when an operation has no handler, or a handler no operation', () => {
    const [first = '', ...rest] = operationIdsOf(contract);
    expect(() => serve([...rest, 'renamed'])).toThrow(
      `api-spec.yaml and the operation handlers differ. Without a handler: ${first}; not in the contract: renamed.`,
    );
  });
});
