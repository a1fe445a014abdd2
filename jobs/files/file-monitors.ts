/** The monitors of the folder's files, kept as the files are: each is of one file. */
import type { MonitorFacts } from '../../db/monitors/spec.ts'
import type { Translated } from '../../lib/texts.ts'

/** By file, as its last good version declares them, and the path that it really has. */
export type DeclaredMonitors = Map<string, { entry: string; monitors: MonitorFacts[] }>

export class FileMonitors {
  /** By name. */
  readonly live = new Map<string, MonitorFacts>()

  /** By name, the file of each one in earlier lives of this program. */
  earlier: ReadonlyMap<string, string | null> = new Map()

  /**
   * Makes `live` what is declared. Of two files with one monitor the one that has had it keeps it, else the first. Returns what
   * changed, and for each file with a monitor that is not used the reason.
   */
  settle(declared: DeclaredMonitors): { changed: MonitorFacts[]; gone: string[]; refused: Map<string, Translated> } {
    const wanted = new Map<string, MonitorFacts>()
    const refused = new Map<string, Translated>()
    const files = new Map([...declared].map(([file, { entry }]) => [entry, file]))
    const all = [...declared.values()].flatMap(({ entry, monitors }) =>
      monitors.map((one) => ({ ...one, file: entry })),
    )
    for (const one of all.toSorted((a, b) => this.#rank(a) - this.#rank(b))) {
      const other = wanted.get(one.name)
      if (!other) wanted.set(one.name, one)
      else {
        const second = files.get(other.file!)
        const again =
          other.file === one.file
            ? { en: ' twice', pt: ' duas vezes' }
            : { en: `, and so does ${second}`, pt: `, assim como ${second}` }
        refused.set(files.get(one.file!)!, {
          en: `it defines the monitor ${one.name}${again.en}. Rename one of the two.`,
          pt: `ele define o monitor ${one.name}${again.pt}. Renomeie um dos dois.`,
        })
      }
    }
    const changed = [...wanted.values()].filter((one) => !Bun.deepEquals(one, this.live.get(one.name)))
    const gone = [...this.live.keys()].filter((name) => !wanted.has(name))
    for (const one of changed) this.live.set(one.name, one)
    for (const name of gone) this.live.delete(name)
    return { changed, gone, refused }
  }

  #rank({ name, file }: MonitorFacts): number {
    const owner = this.live.get(name)?.file ?? this.earlier.get(name)
    return owner === file ? 0 : 1
  }

  /** Names, also of those whose files are there and have never been read well by this program: `unread`, as paths. */
  held(unread: ReadonlySet<string>): string[] {
    const names = new Set(this.live.keys())
    for (const [name, file] of this.earlier) if (file !== null && unread.has(file)) names.add(name)
    return [...names]
  }
}
