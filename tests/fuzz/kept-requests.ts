import type { FuzzRequest } from './requests';

const ofAdmin = { tame: false, caller: 'admin', chunked: false, leaves: false } as const;
const json = { 'Content-Type': 'application/json' };

/**
 * Requests that have once found something: sent first, in each run. The requests and not their seeds, since a seed leads
 * to another request as soon as the contract or the generators change.
 */
export const KEPT: readonly { readonly found: string; readonly request: FuzzRequest }[] = [
  {
    found: 'an HTML page with 500: as many errors as this became the arguments of one call',
    request: {
      ...ofAdmin,
      method: 'POST',
      target: '/RegisteredFlavors',
      headers: json,
      body: JSON.stringify({ service_types: ['redis'], flavor_ids: Array<string>(123_000).fill('!') }),
    },
  },
  {
    found: 'types with the names of what every object has were taken for what was declared',
    request: {
      ...ofAdmin,
      method: 'PATCH',
      target: '/Registrations',
      headers: json,
      body: '{"registrations":{"constructor":["1"],"__proto__":["1"]}}',
    },
  },
  {
    found: 'half of the processor for minutes: what is wrong was looked for again and again in the same place',
    request: {
      ...ofAdmin,
      method: 'PUT',
      target: '/Registrations',
      headers: { ...json, 'If-Match': '*' },
      body: `{"registrations":${'{"a":'.repeat(3000)}1${'}'.repeat(3001)}`,
    },
  },
  {
    found: '500: infinity is past any maximum for the validator, and no number for SQLite',
    request: { ...ofAdmin, method: 'GET', target: '/RegisteredFlavors?limit=1e309', headers: {} },
  },
  {
    found: 'the same in the other list with pages',
    request: { ...ofAdmin, method: 'GET', target: '/RegistrationEvents?marker=1e309', headers: {} },
  },
];
