interface Flight<T> {
  readonly work: Promise<T>;
  readonly abandoned: AbortController;
  waiting: number;
}

/** Work that is done once for all who ask for it meanwhile. */
export class SingleFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /**
   * Joins the work that has this key, or begins it.
   * @param begin is told by the signal when nobody waits any more; whoever comes later begins it anew
   * @param wait how long this one waits
   */
  async join(
    key: string,
    begin: (abandoned: AbortSignal) => Promise<T>,
    wait: (work: Promise<T>) => Promise<T>,
  ): Promise<T> {
    const flight = this.#flights.get(key) ?? this.#start(key, begin);
    flight.waiting += 1;
    try {
      return await wait(flight.work);
    } finally {
      flight.waiting -= 1;
      if (flight.waiting === 0 && this.#end(key, flight)) flight.abandoned.abort();
    }
  }

  #start(key: string, begin: (abandoned: AbortSignal) => Promise<T>): Flight<T> {
    const abandoned = new AbortController();
    const work = begin(abandoned.signal).finally(() => this.#end(key, flight));
    const flight: Flight<T> = { work, abandoned, waiting: 0 };
    this.#flights.set(key, flight);
    return flight;
  }

  /** @returns whether it was still under way */
  #end(key: string, flight: Flight<T>): boolean {
    return this.#flights.get(key) === flight && this.#flights.delete(key);
  }
}
