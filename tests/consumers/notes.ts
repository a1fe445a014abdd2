/** What programs had in hand when they were struck, by the notes that they and whoever strikes them append to one file. */
import { appendFileSync } from 'node:fs'

export interface Note {
  /** 0: of whoever strikes. */
  pid: number
  /**
   * in hand, decided: messages, by their ids at the broker. at step: the program dies, or stands still, where it was told to. struck:
   * before and after somebody kills it, or its broker; the id says which blow it is.
   */
  what: 'in hand' | 'decided' | 'at step' | 'struck'
  ids: string[]
}

export const writeNote = (file: string, note: Note) => appendFileSync(file, `${JSON.stringify(note)}\n`)

/**
 * Of a program that is struck: `after` is called whenever a step is done. At the nth time that it is the fatal one the program kills itself
 * with SIGKILL, or, told to `stand`, it stands still until it is told to go on. Notes are in the file CHILD_NOTES, where that is named.
 */
export function strikeSelf(fatal: string | undefined, nth: string | undefined, how = 'die') {
  let times = 0
  function note(what: Note['what'], ids: string[] = []): void {
    const file = process.env.CHILD_NOTES
    if (file) writeNote(file, { pid: process.pid, what, ids })
  }
  function after(step: string): void {
    if (step !== fatal || ++times !== Number(nth)) return
    note('at step')
    process.kill(process.pid, how === 'stand' ? 'SIGSTOP' : 'SIGKILL')
  }
  return { after, note }
}

export const readNotes = (text: string): Note[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Note)

/** The messages that `pids` had in hand at some moment of the blow. */
export function inHandAt(blow: string, pids: number[], notes: Note[]): Set<string> {
  const isBlow = ({ what, ids }: Note) => what === 'struck' && ids[0] === blow
  const [from, to] = [notes.findIndex(isBlow), notes.findLastIndex(isBlow)]
  const open = new Map<string, number>()
  for (const [i, { pid, what, ids }] of notes.slice(0, to).entries()) {
    // What is decided during the blow was in hand at its beginning.
    if (!pids.includes(pid) || (what === 'decided' && i > from)) continue
    for (const id of ids) open.set(`${pid} ${id}`, (open.get(`${pid} ${id}`) ?? 0) + (what === 'in hand' ? 1 : -1))
  }
  return new Set([...open].flatMap(([key, count]) => (count > 0 ? [key.slice(key.indexOf(' ') + 1)] : [])))
}
