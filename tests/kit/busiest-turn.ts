/**
 * How long this process's event loop was kept at a time, in processor time: it does not depend on how busy the machine is.
 */
const TICK_MS = 5

/** Watches from now on; `stop` returns the most that was computed between two ticks of a timer, in ms. */
export function watchTurns(): { stop(): number } {
  let busiest_ms = 0
  let before = process.cpuUsage()
  const look = () => {
    const now = process.cpuUsage()
    busiest_ms = Math.max(busiest_ms, (now.user + now.system - before.user - before.system) / 1000)
    before = now
  }
  const timer = setInterval(look, TICK_MS)
  return {
    stop() {
      look()
      clearInterval(timer)
      return busiest_ms
    },
  }
}
