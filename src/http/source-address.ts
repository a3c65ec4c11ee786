import { isIPv6, type Socket } from 'node:net';

/** A customer's network is a /64, so that one host can have as many addresses of it as it likes. */
const GROUPS_OF_A_NETWORK = 4;

/**
 * The source of a connection, for taking turns: an IPv4 address, or the /64 network of an IPv6 address. It is that of the
 * socket: whoever may send headers may write any address into them.
 */
export function sourceOf(remoteAddress: string | undefined): string {
  const address = remoteAddress?.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '') ?? '';
  if (!isIPv6(address)) return address;
  const [left = '', right] = address.split('::');
  const groups = left.split(':').filter((group) => group !== '');
  const rest = right?.split(':').filter((group) => group !== '') ?? [];
  const zeros = Array<string>(8 - groups.length - rest.length).fill('0');
  return [...groups, ...zeros, ...rest].slice(0, GROUPS_OF_A_NETWORK).join(':');
}

/** Whose turns a connection takes, as long as nobody knows whose its tokens are: see `FairTurns`. */
export function turnsKeyOf(socket: Socket): string {
  return `address ${sourceOf(socket.remoteAddress)}`;
}
