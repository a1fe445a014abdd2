/** Removes charts whose workbook is gone, a few at once, beside the polls and the drawings. */
import type { ChartSource } from '../../db/charts/claim-charts.ts'
import { createOutage } from '../../lib/outage.ts'
import type { DrawParts } from './draw-object.ts'
import { removeGone } from './remove-gone.ts'

/** Fewer than there are connections, which drawings need, too. */
const AT_ONCE = 4

export class Removals {
  #parts
  #outage
  /** Versions by key. */
  #gone = new Map<string, string>()
  #removing: Promise<void> | undefined

  constructor(parts: Omit<DrawParts, 'signal' | 'pool'> & { stopping: AbortSignal }) {
    this.#parts = parts
    this.#outage = createOutage(
      parts.log,
      'charts whose workbook is gone cannot be removed; trying again',
      'charts whose workbook is gone are removed again',
    )
  }

  add({ key, version }: ChartSource): void {
    this.#gone.set(key, version)
  }

  /** Removes what was added, also what could not be removed before, unless that is under way. */
  start(): void {
    this.#removing ??= this.#run().finally(() => (this.#removing = undefined))
  }

  /** Those under way. */
  get done(): Promise<void> | undefined {
    return this.#removing
  }

  async #run(): Promise<void> {
    const begun_at = performance.now()
    try {
      while (this.#gone.size > 0 && !this.#parts.stopping.aborted)
        await Promise.all(
          this.#gone
            .entries()
            .take(AT_ONCE)
            .toArray()
            .map(([key, version]) => this.#remove({ key, version })),
        )
      this.#outage.answered(begun_at)
    } catch (err) {
      this.#outage.failed(err, begun_at)
    }
  }

  /** One that fails is tried again behind the others. */
  async #remove(source: ChartSource): Promise<void> {
    this.#gone.delete(source.key)
    try {
      await removeGone(source, this.#parts)
    } catch (err) {
      this.add(source)
      throw err
    }
  }
}
