/** A signal that aborts on Ctrl-C and SIGTERM, with `sentence` as what is said then. */
export function stopOnSignals(sentence: string): AbortSignal {
  const abort = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => abort.abort(new Error(sentence)))
  return abort.signal
}
