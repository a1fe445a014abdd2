/** Longer lines are cut into pieces of this many characters. */
const MAX_LINE = 8192

/**
 * Reads lines of text that a process prints; `take` is handed each, or its pieces one by one, and told where a line ends. Resolves
 * at the end of the stream, which a process that inherited it may keep open.
 */
export async function readPrinted(
  stream: ReadableStream<Uint8Array>,
  take: (piece: string, ends: boolean) => void,
): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  function add(text: string): void {
    const lines = text.split('\n')
    // Added to, not split again: a long line may come in many small parts.
    rest += lines.shift()
    for (const line of lines) {
      cut()
      take(rest.endsWith('\r') ? rest.slice(0, -1) : rest, true)
      rest = line
    }
    cut()
  }
  function cut(): void {
    for (; rest.length > MAX_LINE; rest = rest.slice(MAX_LINE)) take(rest.slice(0, MAX_LINE), false)
  }
  for await (const part of stream as unknown as AsyncIterable<Uint8Array>) add(decoder.decode(part, { stream: true }))
  add(decoder.decode())
  if (rest !== '') take(rest, true)
}
