import { randomUUID } from 'node:crypto';
import { isVisibleTo, type FlavorShelf, type ShelvedFlavor } from './flavor-shelf';
import { flavorsUrl, novaFault, novaJson, renderBriefFlavor, renderFlavor, type NovaCall } from './nova-answers';
import type { StubAnswer } from './stub-http';

/** How a list is asked for. */
export interface ListRequest {
  query: URLSearchParams;
  isDetailed: boolean;
  /** The most a page may hold, whatever limit is asked for. */
  pageSize: number;
}

type Filter = (flavor: ShelvedFlavor) => boolean;

/** Why a list cannot be given; its text is the message of a 400. */
class Refusal extends Error {}

const knownParameters = ['limit', 'marker', 'is_public', 'minRam', 'minDisk', 'sort_key', 'sort_dir'];

const sortKeys: Record<string, (flavor: ShelvedFlavor) => string | number> = {
  created_at: () => '',
  description: ({ description }) => description ?? '',
  disabled: ({ is_disabled }) => Number(is_disabled),
  ephemeral_gb: ({ ephemeral }) => ephemeral,
  flavorid: ({ id }) => id,
  id: () => '',
  is_public: ({ is_public }) => Number(is_public),
  memory_mb: ({ ram }) => ram,
  name: ({ name }) => name,
  root_gb: ({ disk }) => disk,
  rxtx_factor: (flavor) => flavor.rxtx_factor,
  swap: ({ swap }) => swap,
  updated_at: () => '',
  vcpu_weight: () => 0,
  vcpus: ({ vcpus }) => vcpus,
};

/** One page of flavors, as `GET /flavors` and `GET /flavors/detail` give it. */
export function listFlavors(shelf: FlavorShelf, call: NovaCall, request: ListRequest): StubAnswer {
  try {
    return novaJson(call, collectPage(shelf, call, request));
  } catch (error) {
    if (error instanceof Refusal) return novaFault(call, 400, error.message);
    throw error;
  }
}

/** A page of flavors that were in none before, and a link to more of them. */
export function listForEver(shelf: FlavorShelf, call: NovaCall, size: number): StubAnswer {
  const [first] = shelf.list();
  const flavors = Array.from({ length: size }, () => renderFlavor({ ...first!, id: randomUUID() }, call));
  return novaJson(call, { flavors, flavors_links: [{ rel: 'next', href: flavorsUrl(call) }] });
}

function collectPage(shelf: FlavorShelf, call: NovaCall, { query, isDetailed, pageSize }: ListRequest): object {
  refuseUnknown(query, call);
  const limit = Math.min(readLimit(query) ?? pageSize, pageSize);
  const matches = [readVisibility(query, call), readMinimum(query, 'minRam'), readMinimum(query, 'minDisk')];
  const sorted = sortFlavors(shelf, query).filter((flavor) => matches.every((matchesOne) => matchesOne(flavor)));
  const page = afterMarker(shelf, sorted, call, query).slice(0, limit);
  const render = isDetailed ? renderFlavor : renderBriefFlavor;
  const flavors = page.map((flavor) => render(flavor, call));
  const last = page.at(-1);
  // Nova gives a link whenever the page is full, even when nothing follows.
  if (last === undefined || page.length < limit) return { flavors };
  return { flavors, flavors_links: [{ rel: 'next', href: nextLink(call, query, isDetailed, last.id) }] };
}

function refuseUnknown(query: URLSearchParams, { version }: NovaCall): void {
  const unknown = [...new Set(query.keys())].filter((key) => !knownParameters.includes(key));
  if (unknown.length === 0 || version.minor < 75) return;
  const names = unknown.map((key) => `'${key}'`).join(', ');
  throw new Refusal(
    `Additional properties are not allowed (${names} ${unknown.length > 1 ? 'were' : 'was'} unexpected)`,
  );
}

function readLimit(query: URLSearchParams): number | undefined {
  const values = query.getAll('limit');
  for (const value of values) {
    const complaint = value === '' ? 'is too short' : /^[0-9]*$/.test(value) ? '' : "does not match '^[0-9]*$'";
    if (complaint)
      throw new Refusal(`Invalid input for query parameters limit. Value: ${value}. '${value}' ${complaint}`);
  }
  const last = values.at(-1);
  return last === undefined ? undefined : Number(last);
}

function readMinimum(query: URLSearchParams, name: 'minRam' | 'minDisk'): Filter {
  const value = query.getAll(name).at(-1);
  if (value === undefined) return () => true;
  if (!/^\s*[+-]?\d+\s*$/.test(value)) throw new Refusal(`Invalid ${name} filter [${value}]`);
  const minimum = Number(value);
  return (flavor) => (name === 'minRam' ? flavor.ram : flavor.disk) >= minimum;
}

/** Only an admin chooses by `is_public`; anyone else's is not even read. */
function readVisibility(query: URLSearchParams, { caller }: NovaCall): Filter {
  const ownOrPublic: Filter = (flavor) => isVisibleTo(flavor, { ...caller, isAdmin: false });
  if (!caller.isAdmin) return (flavor) => !flavor.is_disabled && ownOrPublic(flavor);
  const asked = query.getAll('is_public').at(-1);
  if (asked === undefined || /^(1|t|true|on|y|yes)$/i.test(asked.trim())) return ownOrPublic;
  if (/^none$/i.test(asked)) return () => true;
  if (/^(0|f|false|off|n|no)$/i.test(asked.trim())) return ({ is_public }) => !is_public;
  throw new Refusal(`Invalid is_public filter [${asked}]`);
}

function sortFlavors(shelf: FlavorShelf, query: URLSearchParams): ShelvedFlavor[] {
  const key = query.getAll('sort_key').at(-1) ?? 'flavorid';
  const direction = query.getAll('sort_dir').at(-1) ?? 'asc';
  refuseUnlisted('sort_key', key, Object.keys(sortKeys));
  refuseUnlisted('sort_dir', direction, ['asc', 'desc']);
  const read = sortKeys[key]!;
  const flavors = [...shelf.list()];
  if (key !== 'flavorid') flavors.sort((a, b) => (read(a) === read(b) ? 0 : read(a) < read(b) ? -1 : 1));
  return direction === 'desc' ? flavors.reverse() : flavors;
}

function refuseUnlisted(name: string, value: string, allowed: string[]): void {
  if (allowed.includes(value)) return;
  const list = allowed.map((item) => `'${item}'`).join(', ');
  throw new Refusal(`Invalid input for query parameters ${name}. Value: ${value}. '${value}' is not one of [${list}]`);
}

/** What follows the marker in sort order; the marker itself need not match the filters, but must be visible. */
function afterMarker(
  shelf: FlavorShelf,
  sorted: ShelvedFlavor[],
  call: NovaCall,
  query: URLSearchParams,
): ShelvedFlavor[] {
  const marker = query.getAll('marker').at(-1);
  if (marker === undefined) return sorted;
  const found = shelf.find(marker);
  if (found === undefined || !isVisibleTo(found, call.caller)) throw markerNotFound(marker);
  const order = sortFlavors(shelf, query);
  const following = new Set(order.slice(order.indexOf(found) + 1));
  return sorted.filter((flavor) => following.has(flavor));
}

function markerNotFound(marker: string): Refusal {
  return new Refusal(`marker [${marker}] not found`);
}

/** The parameters come back sorted and encoded as a form; the rest of the link is as it is, spaces included. */
function nextLink(call: NovaCall, query: URLSearchParams, isDetailed: boolean, marker: string): string {
  const kept = [...query].filter(([key]) => knownParameters.includes(key));
  kept.sort(([a, x], [b, y]) => (a === b ? (x < y ? -1 : 1) : a < b ? -1 : 1));
  const parameters = new URLSearchParams([...new Map(kept), ['marker', marker]]);
  parameters.set('marker', marker);
  return `${flavorsUrl(call)}${isDetailed ? '/detail' : ''}?${parameters.toString()}`;
}
