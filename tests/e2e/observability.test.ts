/** The programs as `bun run up` starts them, with a Prometheus and a receiver of traces that look at them. */
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { demoWorkbook } from '../../ops/demo/workbooks.ts'
import { ADMIN_PASSWORD, postJson, signInAsAdmin } from '../kit/api-program.ts'
import { testDatabase, type TestDatabase } from '../kit/database.ts'
import { otlpReceiver, type OtlpReceiver, type ReceivedSpan } from '../kit/otlp-receiver.ts'
import { freePort, startProgram, until, type Program } from '../kit/program.ts'
import { metricsIn, selectedBy, type Selected } from '../kit/promql.ts'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const ROOT = join(import.meta.dir, '../..')
const FOREIGN_TRACE = '0af7651916cd43dd8448eb211c80319c'
const METRICS_TOKEN = 'a-token-of-tests'

let database: TestDatabase
let receiver: OtlpReceiver
let up: Program
let url: string
let token: string
let metrics_port: number
let scraped: string
/** Of the runs that were triggered. */
let runs: Record<'here' | 'apart' | 'fails', string>

beforeAll(async () => {
  database = await testDatabase()
  receiver = otlpReceiver()
  const port = freePort()
  metrics_port = threeFreePorts()
  url = `http://127.0.0.1:${port}`
  up = startProgram('ops/up.ts', [], {
    DATABASE_URL: database.url,
    DATA_DIR: temporaryFolder(),
    PORT: String(port),
    METRICS_PORT: String(metrics_port),
    METRICS_TOKEN,
    ADMIN_PASSWORD,
    PASSWORD_ROUNDS: '10',
    CHARTS_POLL_S: '1',
    JOBS_DIR: join(import.meta.dir, 'traced-jobs'),
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_BSP_SCHEDULE_DELAY: '100',
  })
  await until('the welcome', () => up.output().includes('Doca is running'), 60_000, up.output)
  token = await signInAsAdmin(url)
  await recordWhatTakesDays()
  await work()
  const ports = [port, metrics_port, metrics_port + 1, metrics_port + 2]
  scraped = (await Promise.all(ports.map(scrape))).join('\n')
})

afterAll(async () => {
  up?.kill('SIGTERM')
  await up?.exited
  receiver?.stop()
  await database?.close()
})

function threeFreePorts(): number {
  for (;;) {
    const first = freePort()
    const taken = [first, first + 1, first + 2].filter((port) => {
      try {
        Bun.listen({ hostname: '127.0.0.1', port, socket: { data() {} } }).stop(true)
        return false
      } catch {
        return true
      }
    })
    if (taken.length === 0) return first
  }
}

/** A dead letter, a disk, a missed slot, a drill. */
async function recordWhatTakesDays(): Promise<void> {
  const { sql } = database
  await until('the jobs', async () => (await sql`select from jobs where name = 'here'`).length === 1)
  await sql`
    insert into dead_letters (id, queue, message_id, body, headers, attempt, reason)
    values (gen_random_uuid(), 'letters', 'm', '', '{}', 5, 'no')`
  await sql`
    insert into slots (job, slot, state) values ('here', date_trunc('second', now() - interval '5 minutes'), 'missed')
    on conflict do nothing`
  await sql`insert into probe_disks (host, free_bytes, size_bytes) values ('elsewhere', 1, 2) on conflict do nothing`
  await sql`
    insert into backups (id, file, folder, encrypted, worker, ok, finished_at, drilled_at, drill_ok)
    values (gen_random_uuid(), 'f', '/', false, 'w', true, now(), now(), true)`
}

/** An item, an event that is good and one that is not, three runs, a workbook, two orders, and requests that name what there is not. */
async function work(): Promise<void> {
  const item = { sku: 'A1', name: 'Box', material: 'paper', kind: 'box', unit_cost: '1.20', currency: 'BRL' }
  expect((await postJson(`${url}/embalagens`, item, token)).status).toBe(201)
  const events = await fetch(`${url}/events`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      traceparent: `00-${FOREIGN_TRACE}-b7ad6b7169203331-01`,
    },
    body: JSON.stringify([
      { sku: 'A1', kind: 'sale', quantity: 2 },
      { sku: 'A1', kind: 'sale', quantity: 3 },
    ]),
  })
  expect(events.status).toBe(202)
  await postJson(`${url}/events`, { sku: 'NOWHERE', kind: 'sale', quantity: 2 }, token)
  const { key } = (await (
    await fetch(`${url}/charts?name=sales.xlsx`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: await demoWorkbook(),
    })
  ).json()) as { key: string }
  expect(key).toBeString()
  await postJson(`${url}/jobs/made_up_by_a_stranger/trigger`, {}, token)
  await postJson(`${url}/webhook/airflow`, { dag_id: 'made_up_by_a_stranger', conf: {}, event_id: 'e1' }, token)
  await fetch(`${url}/made_up_by_a_stranger`, { headers: { authorization: `Bearer ${token}` } })
  await postJson(`${url}/systems/a/orders/fill`, { count: 2, false_share: 0 }, token)
  await fetch(`${url}/systems/a/send`, { method: 'POST', headers: { authorization: `Bearer ${token}` } })
  const trigger = async (job: string) => {
    const answer = await postJson(`${url}/jobs/${job}/trigger`, {}, token)
    return ((await answer.json()) as { run_id: string }).run_id
  }
  runs = { here: await trigger('here'), apart: await trigger('apart'), fails: await trigger('fails') }
  const { sql } = database
  await until('the runs', async () => {
    const ended = await sql`select state from runs where id in ${sql(Object.values(runs))} and finished_at is not null`
    return ended.length === 3
  })
  await until('the history', async () => (await historyOf('A1')).length === 2)
  await until('the orders', async () => (await sql`select from order_messages where attempt > 0`).length === 2)
  await until('the chart', async () => (await sql`select from charts where state = 'drawn'`).length === 1)
  await until(
    'the failed event',
    async () => (await sql`select from stream_messages where topic = 'events.failed'`).length > 0,
  )
}

async function historyOf(sku: string): Promise<Array<{ trace_id: string }>> {
  const answer = await fetch(`${url}/events/history?sku=${sku}`, { headers: { authorization: `Bearer ${token}` } })
  return ((await answer.json()) as { items: Array<{ trace_id: string }> }).items
}

async function scrape(port: number): Promise<string> {
  const headers = { authorization: `Bearer ${METRICS_TOKEN}`, accept: 'text/plain' }
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`, { headers })
  expect([port, answer.status]).toEqual([port, 200])
  return answer.text()
}

/** Everything that a dashboard or a rule asks for, and where. */
async function asked(): Promise<Array<Selected & { where: string }>> {
  const found: Array<Selected & { where: string }> = []
  for await (const file of new Bun.Glob('*.json').scan(join(ROOT, 'ops/grafana/dashboards'))) {
    const { panels, templating } = (await Bun.file(join(ROOT, 'ops/grafana/dashboards', file)).json()) as Dashboard
    for (const { title, targets = [] } of panels)
      for (const { expr } of targets)
        found.push(...selectedBy(expr).map((one) => ({ ...one, where: `${file}: ${title}` })))
    for (const { query } of templating.list) {
      const [, metric, label] = /^label_values\((\w+), (\w+)\)$/.exec(query)!
      found.push({ metric: metric!, labels: [label!], where: `${file}: its variable` })
    }
  }
  for (const { alert, expr, annotations } of await rules()) {
    const selected = selectedBy(expr).map((one) => ({ ...one, where: alert }))
    found.push(...selected)
    for (const [, label] of Object.values(annotations)
      .join(' ')
      .matchAll(/\$labels\.(\w+)/g))
      found.push({ metric: selected[0]!.metric, labels: [label!], where: `${alert}: its sentence` })
  }
  return found
}

interface Dashboard {
  panels: Array<{ title: string; targets?: Array<{ expr: string }> }>
  templating: { list: Array<{ query: string }> }
}

interface Rule {
  alert: string
  expr: string
  annotations: { summary: string; action: string }
}

async function rules(): Promise<Rule[]> {
  const text = await Bun.file(join(ROOT, 'ops/prometheus/rules.yml')).text()
  return (Bun.YAML.parse(text) as { groups: Array<{ rules: Rule[] }> }).groups.flatMap(({ rules }) => rules)
}

describe('figures', () => {
  /** Of every series, and of what Prometheus adds by itself. */
  const ADDED = new Map(['up', 'scrape_duration_seconds'].map((name) => [name, new Set<string>()]))
  const EVERY = ['instance', 'job']

  test('every metric and every label that a dashboard or a rule names is in a scrape of the running programs', async () => {
    const given = new Map([...metricsIn(scraped), ...ADDED])
    const found = await asked()
    expect(found.length).toBeGreaterThan(80)
    const missing = found.flatMap(({ metric, labels, where }) => {
      const known = given.get(metric)
      if (!known) return [`${where}: ${metric}`]
      return labels
        .filter((label) => !known.has(label) && !EVERY.includes(label))
        .map((label) => `${where}: ${metric}{${label}}`)
    })
    expect(missing).toEqual([])
  })

  test('every metric of ours is in the table of docs/observability.md, and every one there is in a scrape', async () => {
    const docs = await Bun.file(join(ROOT, 'docs/observability.md')).text()
    const documented = [...docs.matchAll(/^\| `(doca_\w+)/gm)].map(([, name]) => name!)
    const types = [...scraped.matchAll(/^# TYPE (doca_\w+)/gm)].map(([, name]) => name!)
    expect(documented.toSorted()).toEqual([...new Set(types)].toSorted())
  })

  test('what somebody outside has made up is no label', () => {
    expect(scraped).not.toContain('made_up_by_a_stranger')
    expect(scraped).toMatch(/^doca_http_requests_total\{method="GET",route="unmatched",status="404"\} 1$/m)
    expect(scraped).toMatch(
      /^doca_http_requests_total\{method="POST",route="\/jobs\/:name\/trigger",status="202"\} 3$/m,
    )
  })

  test('what was done is counted once', () => {
    for (const line of [
      'doca_job_attempts_total{job_name="here",state="succeeded"} 1',
      'doca_job_attempts_total{job_name="fails",state="failed"} 1',
      'doca_consumer_messages_total{consumer="events",outcome="processed"} 2',
      'doca_consumer_messages_total{consumer="events",outcome="unknown_sku"} 1',
      'doca_stream_messages_total{topic="events",direction="produced"} 3',
      'doca_stream_messages_total{topic="events",direction="consumed"} 3',
      'doca_chart_duration_seconds_count{outcome="drawn"} 1',
      'doca_dead_letters{queue="letters"} 1',
      'doca_queue_published_total{queue="orders"} 2',
      'doca_program_processes{program="charts",state="at_work"} 1',
    ])
      expect(scraped).toContain(`\n${line}\n`)
  })

  test('without the token there are no figures', async () => {
    const wrong = { headers: { authorization: 'Bearer a-token-of-testz' } }
    for (const init of [{}, wrong])
      expect((await fetch(`http://127.0.0.1:${metrics_port}/metrics`, init)).status).toBe(401)
  })
})

test('every rule has a sentence, and says what to do', async () => {
  for (const { alert, annotations } of await rules()) {
    expect([alert, annotations.summary.endsWith('.')]).toEqual([alert, true])
    expect([alert, annotations.action.length > 20]).toEqual([alert, true])
  }
})

describe('traces', () => {
  const hex = (id: string) => id.replaceAll('-', '')
  const named = (trace: string, name: string) =>
    until(
      `${name} in ${trace}`,
      () => receiver.spans.find((one) => one.traceId === trace && one.name === name),
      10_000,
      () => receiver.spans.map(({ traceId, name }) => `${traceId} ${name}`).join('\n'),
    )
  const isBelow = (span: ReceivedSpan, above: ReceivedSpan) =>
    expect([span.name, span.parentSpanId]).toEqual([span.name, above.spanId])

  test('one trace leads from a request with a traceparent through the stream to the row of the history', async () => {
    const request = await named(FOREIGN_TRACE, 'POST /events')
    expect(request).toMatchObject({ service: 'doca-api', kind: 2, parentSpanId: 'b7ad6b7169203331' })
    expect(request.attributes).toMatchObject({ 'http.route': '/events', 'http.response.status_code': 202 })
    const sent = await named(FOREIGN_TRACE, 'send events')
    isBelow(sent, request)
    const processed = await named(FOREIGN_TRACE, 'process events')
    expect(processed.service).toBe('doca-consumers')
    isBelow(processed, sent)
    isBelow(await named(FOREIGN_TRACE, 'history.write'), processed)
    isBelow(await named(FOREIGN_TRACE, 'send events.processed'), processed)
    expect((await historyOf('A1')).map(({ trace_id }) => trace_id)).toEqual([FOREIGN_TRACE, FOREIGN_TRACE])
    const [message] = await database.sql<{ headers: Record<string, string> }[]>`
      select headers from stream_messages where topic = 'events.processed' limit 1`
    expect(message!.headers.traceparent).toStartWith(`00-${FOREIGN_TRACE}-`)
  })

  test('a trace leads through the queue, too, and its id is where the message is known', async () => {
    const [message] = await database.sql<{ trace_id: string }[]>`select trace_id from order_messages limit 1`
    const { trace_id } = message!
    const request = await named(trace_id, 'POST /systems/:system/send')
    const sent = await named(trace_id, 'send orders')
    isBelow(sent, request)
    const processed = await named(trace_id, 'process orders')
    expect(processed).toMatchObject({ service: 'doca-consumers', kind: 5 })
    isBelow(processed, sent)
  })

  test("the log lines of a request carry its trace's id", () => {
    const lines = up
      .output()
      .split('\n')
      .filter((line) => line.includes(`"trace_id":"${FOREIGN_TRACE}"`))
    expect(lines.some((line) => line.includes('"log":"access"') && line.includes('"path":"/events"'))).toBe(true)
    expect(lines.some((line) => line.includes('events handled'))).toBe(true)
  })

  test("a run is a trace whose id is the run's, with its steps and their statements", async () => {
    const attempt = await named(hex(runs.here), 'job here')
    expect(attempt.attributes).toMatchObject({
      'doca.job': 'here',
      'doca.run_id': runs.here,
      'doca.attempt': 1,
      'doca.state': 'succeeded',
    })
    const step = await named(hex(runs.here), 'step ask the database')
    isBelow(step, attempt)
    const select = receiver.spans.find(({ parentSpanId }) => parentSpanId === step.spanId)!
    expect(select.attributes['db.query.text']).toBe('select 7 as seven')
  })

  test('what a job in a process of its own does is a part of its run: steps, requests, messages, programs', async () => {
    const trace = hex(runs.apart)
    const attempt = await named(trace, 'job apart')
    isBelow(await named(trace, 'step ask the API'), attempt)
    const asked = await named(trace, 'GET /embalagens')
    expect(asked.service).toBe('doca-api')
    isBelow(asked, attempt)
    const traceparent = `00-${trace}-${attempt.spanId}-01`
    const [message] = await database.sql<{ headers: Record<string, string> }[]>`
      select headers from stream_messages where topic = 'made'`
    expect(message!.headers.traceparent).toBe(traceparent)
    const [run] = await database.sql`select result from runs where id = ${runs.apart}`
    expect(run!.result).toEqual({ traceparent })
  })

  test('an attempt that failed says why, and so does the step', async () => {
    const status = { code: 2, message: 'no such shelf' }
    expect(await named(hex(runs.fails), 'job fails')).toMatchObject({ status })
    expect(await named(hex(runs.fails), 'step go wrong')).toMatchObject({ status })
  })

  test('a statement is a span with its text and without its values', async () => {
    const select = await until('a statement', () =>
      receiver.spans.find(
        ({ attributes, service }) => service === 'doca-api' && /^select/.test(String(attributes['db.query.text'])),
      ),
    )
    expect(select.kind).toBe(3)
    expect(JSON.stringify(receiver.spans)).not.toContain(ADMIN_PASSWORD)
    expect(JSON.stringify(receiver.spans)).not.toContain(token)
  })

  test('what only looks whether we live is not traced', () => {
    expect(receiver.spans.filter(({ name }) => /\/(metrics|health)/.test(name))).toEqual([])
  })
})
