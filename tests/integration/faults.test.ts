import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { renderFaultPage, type SeenTable, withoutTimes } from '../support/faults/fault-page';
import { FaultWorlds } from '../support/faults/fault-world';
import { KEYSTONE_FAULTS } from '../support/faults/keystone-faults';
import { NOVA_FAULTS } from '../support/faults/nova-faults';
import { runFault } from '../support/faults/run-fault';

const page = path.join(__dirname, '..', '..', 'docs', 'faults.md');

const tables = [
  {
    service: 'Nova',
    introduction:
      'Reads and registrations ask Nova. A wrong answer is 502; one that is refused, overloaded or away is 503; one that takes too long is 504. Deregistrations do not ask it. Details are known for 30 s after they were read; stale here is 100 s old: Nova is asked, and when it fails they have to do, for up to 24 h ([ADR 17](adr/0017-fresh-stale-and-too-old.md)), also after a restart.',
    faults: NOVA_FAULTS,
  },
  {
    service: 'Keystone',
    introduction:
      "Keystone is asked about every token that is not remembered, and for the service's own. Whatever goes wrong with it is 503. The last three columns are reads with a token that the service has validated before.",
    faults: KEYSTONE_FAULTS,
  },
];
const seen: SeenTable[] = [];

describe.each(tables)('while $service fails', ({ service, introduction, faults }) => {
  const worlds = new FaultWorlds();
  const rows: SeenTable['rows'][number][] = [];
  beforeAll(() => seen.push({ service, introduction, rows }));
  afterAll(() => worlds.close());

  it.each(faults)('$name', async (fault) => {
    const { answers, breaches } = await runFault(worlds, fault);
    rows.push({ fault: fault.name, answers });
    const told = Object.fromEntries(Object.entries(answers).map(([ask, { told }]) => [ask, told]));
    expect({ answers: told, breaches }).toEqual({ answers: fault.answers, breaches: [] });
  });
});

describe('docs/faults.md', () => {
  it('says what was seen just now', () => {
    const fresh = renderFaultPage(seen);
    if (process.env['WRITE_DOCS'] === '1') writeFileSync(page, fresh);
    expect(withoutTimes(readFileSync(page, 'utf8'))).toEqual(withoutTimes(fresh));
  });
});
