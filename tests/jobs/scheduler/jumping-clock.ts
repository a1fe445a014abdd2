/** The jobs program on a machine whose clock is an hour ahead at one moment and an hour behind at the next. */
const TrueDate = Date
const HOUR_MS = 3_600_000
const offset_ms = () => (Math.floor(performance.now() / 700) % 2 === 0 ? HOUR_MS : -HOUR_MS)

class JumpingDate extends TrueDate {
  constructor(...given: [] | [number | string | Date]) {
    if (given.length === 0) super(TrueDate.now() + offset_ms())
    else super(...given)
  }
  static override now = () => TrueDate.now() + offset_ms()
}
globalThis.Date = JumpingDate as DateConstructor

await import('../../../jobs/main.ts')
export {}
