/**
 * A pattern in which `*` stands for any number of characters and `?` for one; all others stand for themselves. A
 * character is a Unicode code point: `?` matches an emoji, too.
 */
export type Glob = string;

/**
 * Whether all of a text is as the pattern says, case and all. Never takes longer than the one's length times the
 * other's: callers write the patterns, and a regular expression made of one could be made to take for ever.
 */
export function matchesGlob(glob: Glob, text: string): boolean {
  let at = 0;
  let inText = 0;
  let star = -1; // the last one passed, and how far the text went with it: there it goes on when the rest does not fit
  let starEnd = 0;
  while (inText < text.length) {
    if (glob[at] === '*') {
      star = at;
      starEnd = inText;
      at += 1;
    } else if (at < glob.length && (glob[at] === '?' || glob.codePointAt(at) === text.codePointAt(inText))) {
      at += glob[at] === '?' ? 1 : widthAt(glob, at);
      inText += widthAt(text, inText);
    } else if (star !== -1) {
      at = star + 1;
      starEnd += widthAt(text, starEnd);
      inText = starEnd;
    } else return false;
  }
  while (glob[at] === '*') at += 1;
  return at === glob.length;
}

/** How many UTF-16 units the character at an index has: never half of one. */
function widthAt(text: string, index: number): number {
  return text.codePointAt(index)! > 0xffff ? 2 : 1;
}
