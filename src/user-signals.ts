/** Signals that mean nothing here. Unless somebody hears them, Node opens its inspector at the first and ends at the second. */
export const USER_SIGNALS = ['SIGUSR1', 'SIGUSR2'] as const;

for (const signal of USER_SIGNALS) process.on(signal, () => undefined);
