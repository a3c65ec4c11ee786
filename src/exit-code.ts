/** How the commands end. docs/operators-guide.md says so to scripts and process managers. */
export const EXIT_CODE = {
  failure: 1,
  usage: 2,
  /** EX_CONFIG of sysexits.h: the settings, or the Node.js, are wrong. Another start would end the same way. */
  misconfigured: 78,
} as const;
