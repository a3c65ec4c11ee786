/**
 * When something has happened, by its text in RFC 3339.
 * @returns milliseconds since 1970; undefined for a time that there is not: `Date` takes 30 February for 2 March
 */
export function readEventTime(text: string): number | undefined {
  const time = Date.parse(text);
  const day = new Date(`${text.slice(0, 10)}T00:00:00Z`).getUTCDate();
  return Number.isNaN(time) || day !== Number(text.slice(8, 10)) ? undefined : time;
}
