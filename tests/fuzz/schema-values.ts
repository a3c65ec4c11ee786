import fc from 'fast-check';

/** As much of a JSON schema as the contract uses for what callers send. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly propertyNames?: Schema;
  readonly additionalProperties?: boolean | Schema;
}

const LONGEST_LIST = 8;

/** Makes values that fit schemas, of one document. */
export class SchemaValues {
  /**
   * @param schemas the named ones
   * @param known by name: values that mean something, which are taken more often than made-up ones
   */
  constructor(
    private readonly schemas: Readonly<Record<string, Schema>>,
    private readonly known: Readonly<Record<string, fc.Arbitrary<unknown>>>,
  ) {}

  of(schema: Schema): fc.Arbitrary<unknown> {
    if (schema.$ref !== undefined) return this.named(schema.$ref.split('/').at(-1)!);
    const types = typeof schema.type === 'string' ? [schema.type] : (schema.type ?? []);
    return fc.oneof(...types.map((type) => this.ofType(type, schema)));
  }

  private named(name: string): fc.Arbitrary<unknown> {
    const schema = this.schemas[name];
    if (schema === undefined) throw new Error(`no schema is called ${name}`);
    const madeUp = this.of(schema);
    const known = this.known[name];
    return known === undefined ? madeUp : fc.oneof({ arbitrary: known, weight: 30 }, { arbitrary: madeUp, weight: 1 });
  }

  private ofType(type: string, schema: Schema): fc.Arbitrary<unknown> {
    const made: Record<string, () => fc.Arbitrary<unknown>> = {
      string: () => texts(schema),
      integer: () => fc.oneof(fc.nat(4), fc.integer({ min: schema.minimum ?? 0, max: schema.maximum ?? 2 ** 31 })),
      boolean: () => fc.boolean(),
      null: () => fc.constant(null),
      array: () => this.lists(schema),
      object: () => this.objects(schema),
    };
    const make = made[type];
    if (make === undefined) throw new Error(`no values of type ${type} can be made`);
    return make().filter((value) => typeof value !== 'number' || value >= (schema.minimum ?? value));
  }

  private lists({ items = {}, minItems = 0, maxItems = LONGEST_LIST }: Schema): fc.Arbitrary<unknown> {
    return fc.array(this.of(items), { minLength: minItems, maxLength: Math.min(maxItems, LONGEST_LIST) });
  }

  private objects(schema: Schema): fc.Arbitrary<unknown> {
    const { properties = {}, required = [], minProperties = 0, maxProperties = LONGEST_LIST } = schema;
    if (typeof schema.additionalProperties === 'object') {
      const names = schema.propertyNames === undefined ? fc.string({ maxLength: 64 }) : this.of(schema.propertyNames);
      return fc.dictionary(names as fc.Arbitrary<string>, this.of(schema.additionalProperties), {
        minKeys: minProperties,
        maxKeys: Math.min(maxProperties, LONGEST_LIST),
      });
    }
    const values = Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, this.of(each)]));
    return fc.record(values, { requiredKeys: [...required] }).filter((value) => {
      const size = Object.keys(value).length;
      return size >= minProperties && size <= maxProperties;
    });
  }
}

function texts({ enum: choices, pattern, minLength = 0, maxLength = 64 }: Schema): fc.Arbitrary<string> {
  if (choices !== undefined) return fc.constantFrom(...choices);
  if (pattern === undefined) return fc.string({ minLength, maxLength: Math.min(maxLength, 64) });
  const whole = new RegExp(pattern);
  // fast-check makes no text for what a pattern only looks at: that is left out, and what does not fit is thrown away.
  const made = fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?<?[!=].*?\)/g, '')));
  return made.filter((text) => whole.test(text) && text.length <= Math.max(maxLength, 511));
}
