/** Keeps people to their rate, whenever they come. */

/** A time in which there were none is made up for, as far as this: what follows an outage is no flood. */
const CATCH_UP_MS = 1000

/** Returns how long so many have to wait at `now`, and that they then went. `begun` and `now` are of one clock, in ms. */
export function createPace(per_s: number, begun: number): (people: number, now: number) => number {
  let due = begun
  return (people, now) => {
    const at = Math.max(due, now - CATCH_UP_MS)
    due = at + (people / per_s) * 1000
    return Math.max(0, at - now)
  }
}
