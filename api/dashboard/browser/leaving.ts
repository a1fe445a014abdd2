/**
 * A page that is left may be kept by the browser for Back, with its open streams, of which a browser has six for a host. `leave`
 * is called when the page is left, `back` when it is shown again; returns how to stop.
 */
export function onLeaving(leave: () => void, back: () => void): () => void {
  const shown = ({ persisted }: PageTransitionEvent) => {
    if (persisted) back()
  }
  addEventListener('pagehide', leave)
  addEventListener('pageshow', shown)
  return () => {
    removeEventListener('pagehide', leave)
    removeEventListener('pageshow', shown)
  }
}
