// How long the way to the kernel and back is: the shortest of the last ten seconds.

const KEPT_MS = 10_000;
const BUSY_MS = 1000; // no network is so slow: the report lay waiting for the end of a cell

export class NetworkTime {
  /** @type {[number, number][]} when, and how long */ trips = [];

  /**
   * The kernel has sent back when a report left here, and for how long it held it.
   * @param {number[]} echo milliseconds of this page's clock, and seconds
   * @param {number} now milliseconds
   */
  hear([sent, held], now) {
    const trip = Math.max(0, now - sent - 1000 * held);
    if (trip > BUSY_MS) return;
    this.trips = this.trips.filter(([at]) => now - at < KEPT_MS);
    this.trips.push([now, trip]);
  }

  /** Milliseconds; 0 while nothing is known. */
  get ms() {
    return this.trips.length ? Math.min(...this.trips.map(([, trip]) => trip)) : 0;
  }
}
