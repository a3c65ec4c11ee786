const LOOPBACK = /^http:\/\/(127\.\d+\.\d+\.\d+|localhost|\[::1\])([:/]|$)/;

/** Whether tokens and passwords can be read on the way there: http, and not to this very machine. */
export function isReadableOnTheWay(url: string): boolean {
  return url.startsWith('http://') && !LOOPBACK.test(url);
}
