import fc from 'fast-check';
import { Ajv2020 } from 'ajv/dist/2020';
import { readContract } from '../../src/http/contract';
import { DeclarationBody } from '../../src/http/declaration-body';
import { HttpFault } from '../../src/http/http-fault';
import { JsonReader } from '../../src/http/json-events';
import { Declaration } from '../../src/registrations/declaration';

const PUT = { isWhole: true, takesNull: false };
const PATCH = { isWhole: false, takesNull: true };

/** What a document declares, or all that is said to be wrong with it. */
async function read(text: string, form = PUT): Promise<Record<string, string[]> | string[]> {
  const declaration = new Declaration({ registrations: 0, serviceTypes: 0 });
  const body = new DeclarationBody(declaration, form);
  const reader = new JsonReader(body);
  try {
    reader.write(Buffer.from(text));
    reader.end();
    body.require();
  } catch (error) {
    if (error instanceof HttpFault) return error.problems.map(({ detail }) => detail);
    throw error;
  }
  const nothing = (async function* () {})();
  const { registered } = await declaration.compare({ registrations: nothing, nextTurn: () => undefined });
  const document = new Map<string, string[]>(declaration.serviceTypes.map((type) => [type, []]));
  for (const { serviceType, flavorId } of registered) document.get(serviceType)?.push(flavorId);
  return Object.fromEntries(document);
}

describe('the body of a declaration', () => {
  it('declares what its document has', async () => {
    expect(await read('{"registrations": {"redis": ["b", "a", "b"], "constructor": ["1"], "mysql": []}}')).toEqual(
      Object.fromEntries([
        ['redis', ['a', 'b']],
        ['constructor', ['1']],
        ['mysql', []],
      ]),
    );
    expect(await read('{"registrations": {"redis": null}}', PATCH)).toEqual({ redis: [] });
    expect(await read('{}', PATCH)).toEqual({});
  });

  it('names no other flavor than the one that a number may have meant', async () => {
    const document = '{"registrations": {"redis": [12345678901234567890, 1e999, -0, 7]}}';
    const isNumber = (item: number) => `Item ${item} of registrations.redis is a number, and has to be a string.`;
    expect(await read(document)).toEqual([
      ...[1, 2, 3].map(isNumber),
      'Item 4 of registrations.redis is 7, and has to be a string: "7".',
    ]);
  });

  const ITEM = 'and has to be a string';
  it.each<[string, typeof PUT, string[]]>([
    ['[]', PUT, ['The body must be an object: {...}.']],
    ['1', PATCH, ['The body must be an object: {...}.']],
    ['{}', PUT, ["The body's registrations must be given."]],
    ['{"registrations": []}', PUT, ["The body's registrations must be an object: {...}."]],
    ['{"registrations": null}', PATCH, ["The body's registrations must be an object: {...}."]],
    ['{"registrations": {"redis": "1"}}', PUT, ["The body's registrations.redis must be an array."]],
    ['{"registrations": {"redis": null}}', PUT, ["The body's registrations.redis must be an array."]],
    [
      '{"registrations": {"redis": {"a": ["1"]}}}',
      PATCH,
      ["The body's registrations.redis must be an array, or null."],
    ],
    [
      '{"registrations": {"redis": ["1", 2, "", null, [["1"]], {"a": {}}, true, "a,b", "3"], "mysql": 1}}',
      PUT,
      [
        `Item 2 of registrations.redis is 2, ${ITEM}: "2".`,
        'Item 3 of registrations.redis is empty.',
        `Item 4 of registrations.redis is null, ${ITEM}.`,
        `Item 5 of registrations.redis is an array, ${ITEM}.`,
        `Item 6 of registrations.redis is an object, ${ITEM}.`,
        `Item 7 of registrations.redis is a boolean, ${ITEM}.`,
        'Item 8 of registrations.redis is "a,b".',
      ],
    ],
    [
      '{"registrations": {"Redis": [1, "1"], "redis": ["1"]}}',
      PUT,
      ['"Redis" in the body\'s registrations is no service'],
    ],
    [
      '{"registratons": {"redis": [1]}, "x": 1}',
      PUT,
      [
        'The body has an attribute "registratons" that is not known here. Did you mean "registrations"?',
        'The body has an attribute "x" that is not known here. It takes: registrations.',
      ],
    ],
    ['{"registrations": {}, "registrations": {}}', PUT, ['The body has an attribute "registrations" twice']],
    ['{"registrations": {"redis": ["1"], "re\\u0064is": []}}', PUT, ['The body has an attribute "redis" twice']],
    ['{"registrations": {"redis": [1]}', PUT, ['The body is not JSON: it ends too early.']],
  ])('%s is refused', async (text, form, details) => {
    const told = await read(text, form);
    expect(told).toEqual(details.map((detail) => expect.stringMatching(new RegExp(`^${escaped(detail)}`)) as string));
  });

  it('is told of 100 things that are wrong, and how many more there are', async () => {
    const told = (await read(`{"registrations": {"redis": [${Array(5000).fill('1').join()}]}}`)) as string[];
    expect([told.length, told.at(-1)]).toEqual([100, 'Many more things are wrong.']);
  });

  it('is taken when the contract takes it, and not otherwise', async () => {
    const { components } = readContract();
    const ajv = new Ajv2020({ strict: false });
    ajv.addSchema({ $id: 'contract', components });
    const schema = (name: string) => ajv.getSchema(`contract#/components/schemas/${name}`)!;
    const odd = fc.oneof(
      fc.constantFrom(null, true, 1, 'x', '', [], {}, ['1'], { a: ['1'] }),
      fc.jsonValue({ maxDepth: 2 }),
    );
    const seldom = <T>(usual: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 8, arbitrary: usual }, { weight: 1, arbitrary: odd });
    const id = seldom(fc.constantFrom('1', 'a b', '..', ' a', 'é', 'x'.repeat(255), 'x'.repeat(256)));
    const type = fc.constantFrom('redis', 'my.sql_-1', 'Redis', '', '-a', 'x'.repeat(64), 'x'.repeat(65), '__proto__');
    const ids = seldom(fc.oneof({ weight: 6, arbitrary: fc.array(seldom(fc.constantFrom('1', '2'))) }, fc.array(id)));
    const types = seldom(fc.dictionary(type, ids, { maxKeys: 3, noNullPrototype: true }));
    const name = fc.constantFrom('registrations', 'registrations', 'registrations', 'registration', 'x');
    const documents = seldom(fc.dictionary(name, types, { maxKeys: 2, noNullPrototype: true }));
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        for (const [form, isRight] of [
          [PUT, schema('RegistrationDocument')],
          [PATCH, schema('RegistrationPatch')],
        ] as const) {
          const text = JSON.stringify(document);
          expect([text, !Array.isArray(await read(text, form))]).toEqual([text, isRight(JSON.parse(text))]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
