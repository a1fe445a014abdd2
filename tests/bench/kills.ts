/** What benches share that kill programs and engines while messages are in their hands. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inHandAt, readNotes, writeNote, type Note } from '../consumers/notes.ts'
import { until, type Program } from '../kit/program.ts'

/** Blows that are told as they fall; programs note what they have in hand in `file`, which CHILD_NOTES should name. */
export function openBlows(data_dir: string, say: (line: string) => void) {
  const file = join(data_dir, 'notes')
  writeFileSync(file, '')
  const begun_at = performance.now()
  const text = () => readFileSync(file, 'utf8')

  /** Does something that strikes `pids`, or an engine that they use; the messages that they had in hand. `also` is told with it. */
  async function strike(
    blow: string,
    pids: number[],
    act: () => Promise<unknown>,
    also: () => string = () => '',
  ): Promise<Set<string>> {
    const struck: Note = { pid: 0, what: 'struck', ids: [blow] }
    writeNote(file, struck)
    await act()
    writeNote(file, struck)
    const in_hand = inHandAt(blow, pids, readNotes(text()))
    say(`${seconds().toFixed(1)} s: ${blow}, with ${in_hand.size} messages in hand${also()}`)
    return in_hand
  }

  const seconds = () => (performance.now() - begun_at) / 1000
  const noted = ({ pid }: Program, what: Note['what']) => text().includes(`{"pid":${pid},"what":"${what}"`)
  return {
    file,
    seconds,
    strike,
    noted,
    /** Waits until the program is at the step that it was started for. */
    atStep: (step: string, program: Program) => until(step, () => noted(program, 'at step'), 120_000, program.output),
  }
}

export async function ended(program: Program, signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
  program.kill(signal)
  return program.exited
}

export const killed = (program: Program) => ended(program, 'SIGKILL')
