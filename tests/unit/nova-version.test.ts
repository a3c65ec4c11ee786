import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { negotiateMicroversion, novaRoot } from '../../src/openstack/nova-version';

const offering = (min_version: string, version: string) => ({ version: { id: 'v2.1', version, min_version } });

describe('negotiateMicroversion', () => {
  it('reads what a real Nova says of itself', () => {
    const file = join(__dirname, '../cloud/recordings/nova/003-version-v21.json');
    const recording = JSON.parse(readFileSync(file, 'utf8')) as { response: { body: unknown } };
    expect(negotiateMicroversion(recording.response.body)).toEqual({ microversion: '2.93' });
  });

  it.each([
    ['2.1', '2.61', { microversion: '2.61' }],
    ['2.1', '2.93', { microversion: '2.93' }],
    ['2.1', '2.100', { microversion: '2.100' }],
    ['2.1', '2.101', { microversion: '2.101' }],
    ['2.1', '2.102', { microversion: '2.101' }],
    ['2.1', '2.250', { microversion: '2.101' }],
    ['2.101', '2.102', { microversion: '2.101' }],
    ['2.102', '2.110', { microversion: '2.102' }],
    ['2.1', '2.60', { tooOld: '2.60' }],
    ['2.1', '2.9', { tooOld: '2.9' }],
    ['2.1', '2.1', { tooOld: '2.1' }],
  ])('of a Nova that offers %s to %s', (oldest, newest, expected) => {
    expect(negotiateMicroversion(offering(oldest, newest))).toEqual(expected);
  });

  it.each([
    ['the v2.0 document, whose versions are empty', offering('', '')],
    ['another major version', offering('3.0', '3.70')],
    ['a version with more behind it', offering('2.1', '2.93-beta')],
    ['a version that is a number', { version: { version: 2.93, min_version: 2.1 } }],
    ['the list of all versions', { versions: [offering('2.1', '2.93').version] }],
    ["Keystone's document", { version: { id: 'v3.14', status: 'stable' } }],
    ['nothing', undefined],
    ['null', null],
    ['a text', '<html>'],
  ])('sees that this is not Nova: %s', (_, json) => {
    expect(negotiateMicroversion(json)).toEqual({ notNova: true });
  });
});

describe('novaRoot', () => {
  it.each([
    'http://nova:8774',
    'http://nova:8774/',
    'http://nova:8774/v2',
    'http://nova:8774/v2/',
    'http://nova:8774/v2.0',
    'http://nova:8774/v2.1',
    'http://nova:8774/v2.1/',
    'http://nova:8774/v2.1/a1b2c3',
    'http://nova:8774/v2.1/a1b2c3/',
    'http://nova:8774/v2/a1b2c3',
    'http://nova:8774//v2.1//a1b2c3//',
    'http://nova:8774//v2.1',
    'http://nova:8774/a1b2c3',
    'http://nova:8774/v2.1/%(project_id)s',
    'http://nova:8774/v2.1/%(tenant_id)s/',
    'http://nova:8774/v2/$(project_id)s',
  ])('of %s', (endpoint) => {
    expect(novaRoot(endpoint, 'a1b2c3')).toBe('http://nova:8774/v2.1');
  });

  it('keeps a path in front of the version', () => {
    expect(novaRoot('https://cloud.example/compute/v2.1', 'a1b2c3')).toBe('https://cloud.example/compute/v2.1');
  });

  it('takes nothing for the project but the project', () => {
    expect([novaRoot('http://nova/v2.1', undefined), novaRoot('http://nova/compute', 'pute')]).toEqual([
      'http://nova/v2.1',
      'http://nova/compute/v2.1',
    ]);
  });
});
