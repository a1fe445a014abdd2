/** Turns an isolated job's output into lines of its run's log. */
import { runLine, type RunLine } from './run-lines.ts'

/** Longer lines are cut into pieces of this many characters. */
const MAX_LINE = 8192

/** Resolves at the end of the stream, which a process that inherited it may keep open. */
export async function readPrinted(
  stream: ReadableStream<Uint8Array>,
  level: RunLine['level'],
  take: (line: RunLine) => void,
): Promise<void> {
  const decoder = new TextDecoder()
  let rest = ''
  const say = (text: string) => void (text.trim() !== '' && take(runLine(level, text)))
  for await (const part of stream as unknown as AsyncIterable<Uint8Array>) {
    const lines = (rest + decoder.decode(part, { stream: true })).split('\n')
    rest = lines.pop()!
    lines.forEach(say)
    for (; rest.length > MAX_LINE; rest = rest.slice(MAX_LINE)) say(rest.slice(0, MAX_LINE))
  }
  say(rest)
}
