/**
 * The versions that are finished, and which of them the present pass over uploads/ has seen. Of what may be 100,000 objects it
 * keeps two numbers each, hashes of key and version: two keys of one hash, which happens once in a million times, are asked about
 * more often than needed.
 */
import type { ChartSource } from '../../db/charts/claim-charts.ts'

export class Finished {
  /** By the hash of a key, that of its version, and in the last bit the pass that has seen it last. */
  #marks = new Map<number, number>()
  /** 0 and 1 by turns. */
  #pass = 0

  get size(): number {
    return this.#marks.size
  }

  /** Finished, and seen in this pass. */
  add({ key, version }: ChartSource): void {
    this.#marks.set(hashOf(key), hashOf(version) * 2 + this.#pass)
  }

  has({ key, version }: ChartSource): boolean {
    const mark = this.#marks.get(hashOf(key))
    return mark !== undefined && Math.floor(mark / 2) === hashOf(version)
  }

  /** Whether any version of `key` was seen in this pass. */
  hasSeen(key: string): boolean {
    const mark = this.#marks.get(hashOf(key))
    return mark !== undefined && mark % 2 === this.#pass
  }

  /** How many this pass has not seen. */
  unseen(): number {
    let count = 0
    for (const mark of this.#marks.values()) if (mark % 2 !== this.#pass) count++
    return count
  }

  forgetUnseen(): void {
    for (const [key, mark] of this.#marks) if (mark % 2 !== this.#pass) this.#marks.delete(key)
  }

  startPass(): void {
    this.#pass = 1 - this.#pass
  }
}

/** 52 bits: a map holds a number up to 2^53 without an object. */
export const hashOf = (text: string) => (Bun.hash.xxHash32(text, 1) >>> 12) * 2 ** 32 + Bun.hash.xxHash32(text, 2)
