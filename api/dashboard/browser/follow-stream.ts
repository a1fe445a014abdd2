/**
 * An event stream of the API for as long as the page is seen: a browser has six connections for a host, so that one behind another
 * tab has none, nor one that was left and is kept for Back. The states: unseen; open; broken off, where at first the browser opens
 * it again, with Last-Event-ID; waiting, longer each time, where that fails, too, to open it anew.
 */
export interface StreamOptions {
  /** Adds the listeners to one that is being opened. */
  listen: (source: EventSource) => void
  opened: () => void
  /** Broken off, or not to be had. */
  broken: () => void
  /** Before it is opened anew; never rejects. */
  recover: () => Promise<unknown>
}

const FIRST_WAIT_MS = 1000
const LONGEST_WAIT_MS = 15_000

/** Not all tabs come back at once. */
const waitAfter = (failures: number): number =>
  Math.min(FIRST_WAIT_MS * 2 ** failures, LONGEST_WAIT_MS) * (0.5 + Math.random() / 2)

/** `address`: asked for each time that it is opened. Returns how to stop. */
export function followStream(address: () => string, { listen, opened, broken, recover }: StreamOptions): () => void {
  let isSeen = false
  let source: EventSource | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let failures = 0

  function open(): void {
    if (!isSeen) return
    close()
    source = new EventSource(address())
    listen(source)
    source.addEventListener('open', () => {
      failures = 0
      opened()
    })
    source.addEventListener('error', () => {
      broken()
      failures++
      if (source?.readyState !== EventSource.CLOSED && failures === 1) return
      close()
      waiting = setTimeout(() => void recover().then(open), waitAfter(failures))
    })
  }
  function close(): void {
    source?.close()
    clearTimeout(waiting)
  }

  function see(now: boolean): void {
    if (now === isSeen) return
    isSeen = now
    if (now) open()
    else close()
  }
  const look = () => see(!document.hidden)
  const leave = () => see(false)

  document.addEventListener('visibilitychange', look)
  addEventListener('pageshow', look)
  addEventListener('pagehide', leave)
  look()
  return () => {
    document.removeEventListener('visibilitychange', look)
    removeEventListener('pageshow', look)
    removeEventListener('pagehide', leave)
    leave()
  }
}
