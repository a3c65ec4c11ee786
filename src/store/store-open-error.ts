/**
 * The registry cannot be opened, so the service cannot start; or it cannot be backed up or restored. The message is for
 * the operator: what is wrong with which file. It never holds SQL; what SQLite or the file system said is the `cause`.
 */
export class StoreOpenError extends Error {
  /** Whether the file is broken: a backup in its place would mend it. */
  readonly isDamage: boolean;

  constructor(message: string, { isDamage = false, ...options }: { cause?: unknown; isDamage?: boolean } = {}) {
    super(message, options);
    this.name = 'StoreOpenError';
    this.isDamage = isDamage;
  }
}
