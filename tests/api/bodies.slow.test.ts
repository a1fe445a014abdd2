/** No body within its limit keeps the event loop. */
import { describe, expect, setDefaultTimeout, test } from 'bun:test'
import { worstBodies } from '../kit/worst-bodies.ts'
import { jsonRoutes } from './json-routes.ts'

setDefaultTimeout(300_000)

const KIB = 1024
const { api, routes, post } = jsonRoutes()

/** Milliseconds between two turns of a timer while `work` is done, at most. */
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  const tick = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
  }
  const timer = setInterval(tick, 1)
  await work()
  tick()
  clearInterval(timer)
  return longest
}

/** The shortest of a few tries: other programs may take the processor at any time. */
async function longestTurnAlone(work: () => Promise<unknown>, enough_ms: number): Promise<number> {
  let shortest = Infinity
  for (let i = 0; i < 15 && shortest > enough_ms; i++) shortest = Math.min(shortest, await longestTurn(work))
  return shortest
}

/** Four times what JSON.parse alone takes for the largest list, on a busy machine more; `bench bodies` has the hard figure. */
async function mostMs(): Promise<number> {
  const largest = worstBodies(KIB * KIB)['numbers beyond counting']!
  return Math.max(100, 4 * (await longestTurnAlone(async () => JSON.parse(largest), 0)))
}

describe('no body within its limit keeps the event loop:', () => {
  test('the worst of each route', async () => {
    expect(routes().length).toBeGreaterThan(20)
    const most_ms = await mostMs()
    const slow: Array<[string, number]> = []
    for (const { method, path, limit_bytes, bodies } of routes()) {
      for (const [name, body] of Object.entries(bodies())) {
        expect([path, name, body.length <= limit_bytes]).toEqual([path, name, true])
        const ms = await longestTurnAlone(async () => {
          const answer = await post(path, body, method)
          const text = await answer.text()
          expect([path, name, answer.status < 500, text.length < 50_000]).toEqual([path, name, true, true])
        }, most_ms)
        if (ms > most_ms) slow.push([`${method} ${path}: ${name}`, Math.round(ms)])
      }
    }
    expect(slow).toEqual([])
  })

  test('a conf that its job checks', async () => {
    const most_ms = await mostMs()
    for (const [name, value] of Object.entries(worstBodies(KIB * KIB - 20))) {
      const body = `{"conf":${value.startsWith('{') ? value : `{"on":${value}}`}}`
      const ms = await longestTurnAlone(() => post('/jobs/strict/trigger', body), most_ms)
      expect([name, ms < most_ms ? 'quick' : ms]).toEqual([name, 'quick'])
    }
  })

  test('a query as long as an address may be', async () => {
    const most_ms = await mostMs()
    const names = Array.from({ length: 2500 }, (_, i) => `k${i.toString(36)}`).join('&')
    for (const path of [
      `/me?${names}`,
      `/embalagens?${names}`,
      `/embalagens?q=${'%20'.repeat(5000)}`,
      `/${'a/'.repeat(7500)}`,
    ])
      expect(await longestTurnAlone(() => api().call('GET', path, { as: 'viewer' }), most_ms)).toBeLessThan(most_ms)
  })
})
