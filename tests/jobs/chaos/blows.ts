/** What was done to the replicas, and chance that can be repeated. */
export interface Blow {
  kind: 'SIGKILL' | 'SIGSTOP for long' | 'SIGSTOP'
  pid: number
  /** The database's clock. */
  at: Date
  /** The attempts that the replica was running; never none. */
  under_way: Array<{ run_id: string; attempt: number; job: string }>
}

export interface Blows {
  fallen: Blow[]
  /** How often a replica was found to run nothing, and left alone. */
  without_effect: number
  /** How often the database's clock went ahead and back. */
  jumps: number
}

/** Numbers from 0 to 1, always the same for the same seed (mulberry32). */
export function shuffled(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
