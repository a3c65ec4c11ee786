import type { RegistrationsPiece } from '../registrations/registration-store';

/** How much one piece may weigh: it is made in some 2 ms. */
const MAX_WEIGHT = 5_000;

/** How the items of a list are written, and how much work each is. */
export interface ItemWriter<T> {
  readonly render: (item: T) => object;
  readonly weigh: (item: T) => number;
}

/** Writes an object with one list, and the rest of it behind the list, in pieces. */
export function* jsonList<T>(
  name: string,
  items: readonly T[],
  { render, weigh }: ItemWriter<T>,
  rest: object,
): Generator<string> {
  let text = `{${JSON.stringify(name)}:[`;
  let piece: object[] = [];
  let weight = 0;
  let separator = '';
  for (const item of items) {
    piece.push(render(item));
    weight += weigh(item);
    if (weight < MAX_WEIGHT) continue;
    yield text + separator + inner(piece);
    [text, separator, piece, weight] = ['', ',', [], 0];
  }
  if (piece.length > 0) text += separator + inner(piece);
  const behind = inner(rest);
  yield `${text}]${behind === '' ? '' : `,${behind}`}}`;
}

/** Writes all registrations as one object of lists. A service type may come in several pieces, one behind the other. */
export async function* jsonRegistrations(pieces: AsyncIterable<RegistrationsPiece>): AsyncGenerator<string> {
  let text = '{"registrations":{';
  let open: string | undefined;
  for await (const piece of pieces) {
    for (const [serviceType, flavorIds] of piece) {
      const ids = inner(flavorIds);
      if (serviceType === open) text += `,${ids}`;
      else {
        text += `${open === undefined ? '' : '],'}${JSON.stringify(serviceType)}:[${ids}`;
        open = serviceType;
      }
    }
    yield text;
    text = '';
  }
  yield `${text}${open === undefined ? '' : ']'}}}`;
}

/** A JSON text without its brackets. */
function inner(value: object): string {
  return JSON.stringify(value).slice(1, -1);
}
