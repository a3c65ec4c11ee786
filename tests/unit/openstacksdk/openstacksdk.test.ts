import recorded from '../../cloud/recordings/openstacksdk.json';
import { type Settled, settledByService } from './settled';
import { SETTINGS_CASES } from './settings-cases';

describe('variables and clouds.yaml come to what openstacksdk makes of them', () => {
  let ofService: readonly Settled[];
  beforeAll(async () => void (ofService = await settledByService()));

  it.each(SETTINGS_CASES.map(({ says }, at) => [says, at] as const))('%s', (says, at) => {
    const { refusal } = SETTINGS_CASES[at]!;
    const found = ofService[at]!;
    if (refusal === undefined)
      expect(found).toEqual({ ...expected((recorded as Record<string, Settled>)[says]!), warnings: [] });
    else expect((found['mistakes'] as string[]).join('\n')).toMatch(refusal);
  });
});

/** Where openstacksdk names no domain, Keystone refuses; openstackclient takes `default`. */
function expected({ cert, ca, ...values }: Settled): object {
  expect([cert, ca]).toEqual([null, null]);
  return JSON.parse(JSON.stringify(values), (key, value: unknown) => {
    if (value === null) return undefined;
    if (key === 'interface') return (value as string).replace(/URL$/, '');
    const isNamed = typeof value === 'object' && (key === 'user' || key === 'project') && 'name' in value;
    return isNamed && !('domain' in value) ? { ...value, domain: { id: 'default' } } : value;
  }) as object;
}
