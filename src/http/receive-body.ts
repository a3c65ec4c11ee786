import type { Request } from 'express';
import type { NextTurn } from '../registrations/in-turns';

/**
 * Hands over the parts of a body as they come, and ends with it. While a part's turn is waited for, no more is read: the
 * client is held up, and nothing piles up here.
 * @param take may throw, and then no more is handed over
 */
export function receiveBody(request: Request, take: (part: Buffer) => ReturnType<NextTurn>): Promise<void> {
  return new Promise((resolve, reject) => {
    const receive = (part: Buffer): void => {
      try {
        const turn = take(part);
        if (turn === undefined) return;
        request.pause();
        void turn.then(() => request.resume());
      } catch (error) {
        stop();
        reject(error instanceof Error ? error : new Error('a part of a body could not be taken', { cause: error }));
      }
    };
    const end = (): void => {
      stop();
      resolve();
    };
    const stop = (): void => void request.off('data', receive).off('end', end);
    request.on('data', receive).on('end', end);
  });
}
