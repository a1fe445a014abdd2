import { describe, expect, test } from 'bun:test'
import {
  placeOf,
  succeed,
  takeAttempt,
  undoAttempt,
  type Changes,
  type Count,
  type Origin,
  type Step,
  type Taken,
} from '../../../../db/users/sign-in/attempt-rules.ts'

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000]

/** One account whose counts are kept in memory, under a clock that stands still until told. */
function account() {
  const counts = new Map<string, Count>()
  const keep = (changes: Changes) => void changes.forEach((count, source) => counts.set(source, count))
  const one = {
    now_ms: Date.UTC(2026, 10, 29),
    /** Tries once: what was counted, or the milliseconds to wait. */
    attempt(origin: Origin, step: Step = 'password'): Taken | number {
      const answer = takeAttempt(placeOf(origin, counts, one.now_ms), step, counts, one.now_ms)
      if ('wait_ms' in answer) return answer.wait_ms
      keep(answer.changes)
      return answer.taken
    },
    takeBack: (taken: Taken) => keep(undoAttempt(taken, counts, one.now_ms)),
    signIn: (origin: Origin) => keep(succeed(one.attempt(origin) as Taken, origin, counts, one.now_ms)),
    /** How many of `origins` get an attempt, each asking every `every_ms` until `for_ms` have passed. */
    guesses(origins: Origin[], for_ms: number, every_ms: number): number {
      let tried = 0
      for (const end_ms = one.now_ms + for_ms; one.now_ms < end_ms; one.now_ms += every_ms)
        for (const origin of origins) while (typeof one.attempt(origin) !== 'number') tried++
      return tried
    },
  }
  return one
}

const at = (address: string, device?: string): Origin => ({ address, device })
/** `count` addresses, each in a /24 of its own. */
const botnet = (count: number) => Array.from({ length: count }, (_, i) => at(`10.${i >> 8}.${i & 255}.7`))
const waits = (answer: Taken | number) => typeof answer === 'number'

describe('one place', () => {
  test('has five attempts; then the wait doubles from a second to a quarter of an hour', () => {
    const ana = account()
    for (let n = 1; n <= 5; n++) expect(ana.attempt(at('192.0.2.1'))).toMatchObject({ failures: n })
    for (const wait_s of [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]) {
      expect(ana.attempt(at('192.0.2.1'))).toBe(wait_s * 1000)
      ana.now_ms += wait_s * 1000 - 1
      expect(ana.attempt(at('192.0.2.1'))).toBe(1)
      ana.now_ms += 1
      expect(ana.attempt(at('192.0.2.1'))).toMatchObject({ known: false })
    }
  })

  test('has a hundred in a row at most, then none for 30 days, however often it asks', () => {
    const ana = account()
    expect(ana.guesses([at('192.0.2.1')], 40 * HOUR, 1000)).toBe(100)
    expect(ana.attempt(at('192.0.2.1'))).toBeGreaterThan(28 * DAY)
    ana.now_ms += 30 * DAY
    expect(ana.attempt(at('192.0.2.1'))).toMatchObject({ failures: 1 })
  })

  test('is a /24 or a /40 to whom the account does not know', () => {
    for (const [first, neighbour, other] of [
      ['192.0.2.1', '192.0.2.254', '192.0.3.1'],
      ['2001:db8:1200::1', '2001:db8:12ff:1::9', '2001:db8:1300::1'],
    ] as const) {
      const ana = account()
      for (let n = 1; n <= 5; n++) ana.attempt(at(n % 2 ? first : neighbour))
      expect(ana.attempt(at(neighbour))).toBe(1000)
      expect(ana.attempt(at(other))).toMatchObject({ failures: 1 })
    }
  })

  test('an attempt taken back leaves no trace, and the next may come at once', () => {
    const ana = account()
    for (let n = 1; n <= 7; n++, ana.now_ms += 10_000) expect(waits(ana.attempt(at('192.0.2.1')))).toBeFalse()
    for (let i = 0; i < 10; i++) {
      const taken = ana.attempt(at('192.0.2.1')) as Taken
      expect(taken).toMatchObject({ failures: 8, shared_failures: 6 })
      ana.takeBack(taken)
    }
  })

  test('a success ends the row, and a month without attempts does', () => {
    const ana = account()
    for (let n = 1; n <= 4; n++) ana.attempt(at('192.0.2.1'))
    ana.signIn(at('192.0.2.1'))
    expect(ana.attempt(at('192.0.2.9'))).toMatchObject({ failures: 1, known: false })
    expect(ana.attempt(at('192.0.2.1'))).toMatchObject({ failures: 1, known: true })
    ana.now_ms += 30 * DAY + 1
    expect(ana.attempt(at('192.0.2.1'))).toMatchObject({ failures: 1, known: true })
  })
})

describe('known places', () => {
  test('an address, and a device wherever it goes, have attempts of their own for 90 days', () => {
    const ana = account()
    ana.signIn(at('192.0.2.1', 'laptop'))
    for (let n = 1; n <= 5; n++) ana.attempt(at('192.0.2.1'))
    expect(ana.attempt(at('192.0.2.1'))).toBe(1000)
    expect(ana.attempt(at('192.0.2.1', 'laptop'))).toMatchObject({ failures: 1, known: true })
    expect(ana.attempt(at('203.0.113.5', 'laptop'))).toMatchObject({ failures: 2, known: true })
    expect(ana.attempt(at('203.0.113.5', 'phone'))).toMatchObject({ failures: 1, known: false })
    ana.now_ms += 90 * DAY
    expect(ana.attempt(at('192.0.2.1', 'laptop'))).toMatchObject({ failures: 1, known: false })
  })

  test('after a hundred failures in a row a device is known no more', () => {
    const ana = account()
    ana.signIn(at('192.0.2.1', 'stolen'))
    const places: boolean[] = []
    for (; !places.includes(false); ana.now_ms += MINUTE) {
      const answer = ana.attempt(at('203.0.113.5', 'stolen'))
      if (typeof answer !== 'number') places.push(answer.known)
    }
    expect(places).toHaveLength(101)
    expect(ana.attempt(at('203.0.114.5', 'stolen'))).toMatchObject({ known: false })
    expect(ana.attempt(at('192.0.2.1'))).toMatchObject({ known: true })
  })

  test('a proof in a session counts with the session alone', () => {
    const ana = account()
    ana.guesses(botnet(100), DAY, HOUR)
    const here: Origin = { address: '10.0.0.7', session_id: 'a' }
    for (let n = 1; n <= 5; n++) expect(ana.attempt(here, 'code')).toMatchObject({ failures: n, shared: null })
    expect(ana.attempt(here)).toBe(1000)
    expect(ana.attempt({ ...here, session_id: 'b' })).toMatchObject({ failures: 1 })
  })
})

describe('strangers', () => {
  test('a botnet in 10,000 networks has two attempts for each, 50 and four an hour; the next day four an hour', () => {
    const ana = account()
    const bots = botnet(10_000)
    expect(ana.guesses(bots, DAY, HOUR)).toBe(20_000 + 50 + 23 * 4)
    expect(ana.guesses(bots, DAY, HOUR)).toBe(24 * 4)
  })

  test('one address has a hundred attempts on its first day, none on the 30 that follow', () => {
    const ana = account()
    expect(ana.guesses([at('192.0.2.1')], DAY, MINUTE)).toBe(100)
    expect(ana.guesses([at('192.0.2.1')], 29 * DAY, HOUR)).toBe(0)
  })

  test('the same in one /16 have 512 of the first, and in one /24 or at one address what one address has', () => {
    expect(account().guesses(botnet(256), DAY, HOUR)).toBe(512 + 50 + 23 * 4)
    const neighbours = Array.from({ length: 32 }, (_, i) => at(`192.0.2.${i}`))
    expect(account().guesses(neighbours, DAY, MINUTE)).toBe(account().guesses([at('192.0.2.1')], DAY, MINUTE))
  })

  test('keep nobody out: the owner goes on where they are known, and has their first tries anywhere else', () => {
    const ana = account()
    ana.signIn(at('192.0.2.1', 'laptop'))
    const bots = botnet(200)
    for (let hour = 0; hour < 48; hour++) {
      ana.guesses(bots, HOUR, 5 * MINUTE)
      for (const known of [at('192.0.2.1'), at('203.0.113.5', 'laptop')]) {
        expect(ana.attempt(known)).toMatchObject({ known: true })
        ana.signIn(known)
      }
      const elsewhere = at(`198.51.${hour}.1`)
      expect(ana.attempt(elsewhere)).toMatchObject({ failures: 1 })
      expect(ana.attempt(elsewhere)).toMatchObject({ failures: 2 })
    }
  })

  test('who knows the password gets no more codes from a botnet than from one place', () => {
    const ana = account()
    ana.signIn(at('192.0.2.1'))
    const bots = botnet(100)
    let tried = 0
    for (let minute = 0; minute < 24 * 60; minute++, ana.now_ms += MINUTE)
      for (const bot of bots) if (!waits(ana.attempt(bot, 'code'))) tried++
    expect(tried).toBe(100)
    expect(ana.attempt(at('192.0.2.1'), 'code')).toMatchObject({ known: true })
    expect(ana.attempt(at('192.0.2.9'), 'password')).toMatchObject({ failures: 1 })
  })
})
