import { existsSync } from 'node:fs';

/** Whoever has taken a process out of service puts it back, and not in a moment. */
export const OUT_OF_SERVICE_RETRY_AFTER_SECONDS = 30;

/** Whether an operator has taken this process out of service: by a file, as oslo.middleware has it (`disable_by_file`). */
export function outOfServiceBy(file: string | undefined): () => boolean {
  return () => file !== undefined && existsSync(file);
}
