/** The whole system by `bun run up` with every role on its real engine: one of everything, and a kill in between. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort, processesOf, runToEnd, startProgram, until, type Program } from '../kit/program.ts'
import { onEngine } from '../kit/engines.ts'
import { freshUrls, type FreshUrls } from './fresh.ts'

setDefaultTimeout(60_000)

const ROLES = ['database', 'cache', 'objects', 'queue', 'stream', 'history', 'journal']
const WORKBOOK = join(import.meta.dir, '../fixtures/workbooks/sales-2018.xlsx')
const EVENTS = 5000

onEngine('every engine at once', 'HISTORY_URL', () => {
  let fresh: FreshUrls
  let data_dir: string
  let env: Record<string, string>
  let url: string
  let up: Program
  let token = ''

  beforeAll(async () => {
    fresh = await freshUrls()
    data_dir = await mkdtemp(join(tmpdir(), 'doca-engines-'))
    const port = freePort()
    url = `http://127.0.0.1:${port}`
    const settings = { PORT: String(port), PASSWORD_ROUNDS: '10', ADMIN_PASSWORD: 'a password for tests' }
    env = {
      ...fresh.variables,
      ...settings,
      DATA_DIR: data_dir,
      CHARTS_POLL_S: '1',
      STREAM_LEASE_S: '6',
      RATE_LIMIT_PER_MIN: '1000000',
    }
    up = startProgram('ops/up.ts', [], env)
    await until('the welcome', () => up.output().includes('Doca is running'), 60_000, up.output)
    const answer = await send('/login', { username: 'admin', password: 'a password for tests' })
    token = ((await answer.json()) as { access_token: string }).access_token
  }, 90_000)

  afterAll(async () => {
    for (const { pid } of await processesOf(data_dir)) process.kill(pid, 'SIGKILL')
    await fresh.remove()
    await rm(data_dir, { recursive: true, force: true })
  })

  const authorization = () => ({ authorization: `Bearer ${token}` })
  const send = (path: string, body: unknown) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(token && authorization()) },
      body: JSON.stringify(body),
    })
  /** The answer, asked for again while an engine is too busy to give one. */
  async function get<T>(path: string): Promise<T> {
    const answer = await until(
      `an answer to GET ${path}`,
      async () => {
        const answer = await fetch(url + path, { headers: authorization() })
        return answer.status === 503 ? null : answer
      },
      60_000,
    )
    expect([path, answer.status]).toEqual([path, 200])
    return answer.json() as Promise<T>
  }

  /** How often each quantity stands in the history of E-1. */
  async function quantities(): Promise<Map<number, number>> {
    const found = new Map<number, number>()
    let cursor = ''
    do {
      const page = await get<{ items: Array<{ quantity: number }>; next_cursor: string | null }>(
        `/events/history?sku=E-1&limit=100${cursor}`,
      )
      for (const { quantity } of page.items) found.set(quantity, (found.get(quantity) ?? 0) + 1)
      cursor = page.next_cursor ? `&cursor=${encodeURIComponent(page.next_cursor)}` : ''
    } while (cursor)
    return found
  }

  test('health names every role, and all are well', async () => {
    const health = await get<Record<string, { status: string }>>('/health')
    expect(health).toMatchObject({ status: 'ok' })
    for (const role of ROLES) expect([role, health[role]?.status]).toEqual([role, 'ok'])
  })

  test('the doctor names every engine, and finds nothing to mend', async () => {
    const { output, code } = await runToEnd('ops/doctor.ts', ['--json'], { ...env, PORT: String(freePort()) })
    const findings = JSON.parse(output) as Array<{ check: string; status: string; found: string }>
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([])
    expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(ROLES))
    expect(code).toBe(0)
  })

  test('an item, events through Kafka into Cassandra with a consumer killed in between: each once', async () => {
    const item = { sku: 'E-1', name: 'Caixa', material: 'paper', kind: 'box', unit_cost: '1.00', currency: 'BRL' }
    expect((await send('/embalagens', item)).status).toBe(201)
    for (let sent = 0; sent < EVENTS; sent += 1000) {
      const events = Array.from({ length: 1000 }, (_, i) => ({ sku: 'E-1', kind: 'sale', quantity: sent + i + 1 }))
      expect((await send('/events', events)).status).toBe(202)
    }
    await until('the first events', async () => (await quantities()).size > 0, 30_000, up.output)
    const consumers = (await processesOf(data_dir)).find(({ command }) => command.includes('/consumers/main.ts'))!
    process.kill(consumers.pid, 'SIGKILL')
    const done = (await quantities()).size
    console.log(`killed the consumers with ${EVENTS - done} of ${EVENTS} events to go`)
    expect(done).toBeLessThan(EVENTS)
    const found = await until(
      'every event',
      async () => {
        const found = await quantities()
        return found.size === EVENTS && found
      },
      60_000,
      up.output,
    )
    expect([...found.values()].every((times) => times === 1)).toBe(true)
  }, 180_000)

  test('a workbook sent to the API lies in S3 and becomes a picture there', async () => {
    const form = new FormData()
    form.set('file', new File([await readFile(WORKBOOK)], 'vendas de março.xlsx'))
    const answer = await fetch(`${url}/charts`, { method: 'POST', headers: authorization(), body: form })
    expect(answer.status).toBe(201)
    const { id } = await until(
      'the drawing',
      async () => {
        const { items } = await get<{ items: Array<{ id: string; state: string }> }>('/charts')
        return items.find(({ state }) => state === 'drawn')
      },
      60_000,
    )
    const picture = await (await fetch(`${url}/charts/${id}.png`, { headers: authorization() })).bytes()
    expect(Array.from(picture.subarray(0, 4))).toEqual([0x89, 0x50, 0x4e, 0x47])
    expect(await Bun.file(join(data_dir, 'objects')).exists()).toBe(false)
  })

  test('a job reads through the API and leaves its reports in S3', async () => {
    const { code, output } = await runToEnd('jobs/main.ts', ['trigger', 'process_data', '--wait', '--json'], env)
    expect(output).toContain('"succeeded"')
    expect(code).toBe(0)
  })

  test('after SIGINT nothing of it is left', async () => {
    up.kill('SIGINT')
    expect(await up.exited).toBe(0)
    expect(await processesOf(data_dir)).toEqual([])
  })
})
