import type { Request } from 'express';
import type { NextTurn } from '../registrations/in-turns';

/**
 * Hands over the parts of a body as they come, and ends with it. While a part's turn is waited for, no more is read: the
 * client is held up, and nothing piles up here.
 * @param take may throw or reject, and then no more is handed over
 */
export function receiveBody(request: Request, take: (part: Buffer) => ReturnType<NextTurn>): Promise<void> {
  return new Promise((resolve, reject) => {
    let isTaking = false;
    let hasEnded = false;
    const receive = (part: Buffer): void => {
      try {
        const turn = take(part);
        if (turn === undefined) return;
        isTaking = true;
        request.pause();
        turn.then(goOn, fail);
      } catch (error) {
        fail(error);
      }
    };
    const goOn = (): void => {
      isTaking = false;
      if (hasEnded) end();
      else request.resume();
    };
    const fail = (error: unknown): void => {
      stop();
      reject(error instanceof Error ? error : new Error('a part of a body could not be taken', { cause: error }));
    };
    const end = (): void => {
      hasEnded = true;
      if (isTaking) return; // Node ends a stream right behind its last part, paused or not
      stop();
      resolve();
    };
    const stop = (): void => void request.off('data', receive).off('end', end);
    request.on('data', receive).on('end', end);
  });
}
