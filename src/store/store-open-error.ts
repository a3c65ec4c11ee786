/**
 * The registry cannot be opened, so the service cannot start; or it cannot be backed up or restored. The message is for
 * the operator: what is wrong with which file. It never holds SQL; what SQLite or the file system said is the `cause`.
 */
export class StoreOpenError extends Error {
  constructor(message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = 'StoreOpenError';
  }
}
