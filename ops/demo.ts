/** `bun run demo`: feeds a running system with sample data, through its public API as any client would. */
import { apiUrl, readApiConfig } from '../api/config.ts'
import { parseWords, printRows } from '../lib/command-line.ts'
import { loadConfig, runProgram } from '../lib/program.ts'
import { apiClient, until } from './demo/client.ts'
import { catalogueCsv, demoCatalogue } from './demo/catalogue.ts'
import { demoEvents, strayEvent } from './demo/events.ts'
import { demoWorkbook } from './demo/workbook.ts'

const USAGE = `Usage: bun run demo [--url http://…] [--username admin] [--json]
The password is asked for, or taken from DEMO_PASSWORD or ADMIN_PASSWORD.`
const EVENTS = 300

const { values } = parseWords(
  Bun.argv.slice(2),
  {
    url: { type: 'string' },
    username: { type: 'string', default: 'admin' },
    json: { type: 'boolean', default: false },
  },
  USAGE,
)
const config = loadConfig(readApiConfig)

await runProgram(async () => {
  const url = values.url ?? apiUrl(config)
  const api = await apiClient(url, values.username, passwordOf(values.username))
  const items = demoCatalogue()
  const now = new Date()
  const done: Array<{ what: string; result: string }> = []
  const tell = (what: string, result: string) => {
    done.push({ what, result })
    if (process.stderr.isTTY) process.stderr.write(`${what}: ${result}\n`)
  }

  const imported = await api.send('POST', '/embalagens/import', catalogueCsv(items), 'text/csv')
  tell('catalogue', `${String(imported.created)} items new, ${String(imported.updated)} updated`)

  const events = demoEvents(items, EVENTS, now)
  const sent = await api.json('POST', '/events', [...events, strayEvent(now)])
  tell('events', `${String(sent.accepted)} accepted`)

  const name = `demo-vendas-${now.getFullYear()}.xlsx`
  const form = new FormData()
  form.append('file', new Blob([await demoWorkbook()]), name)
  const uploaded = await api.send('POST', '/charts', form)
  tell('workbook', `${String(uploaded.key)} uploaded`)

  const run = await api.json('POST', '/jobs/hello/trigger', { conf: { name: 'demo' } })
  tell('job', `GET ${url}/runs/${String(run.run_id)}`)

  const last = events.at(-1)!
  await until('the last event to reach the history', async () => {
    const page = await api.json('GET', `/events/history?sku=${last.sku}&limit=1`)
    return (page.items as Array<{ occurred_at: string }>)[0]?.occurred_at === last.occurred_at
  })
  tell('history', `GET ${url}/events/history?sku=${last.sku}`)

  const chart = await until('the chart to be drawn', async () => {
    const page = await api.json('GET', '/charts')
    const found = (page.items as Array<Record<string, unknown>>).find((item) => item.source_key === uploaded.key)
    return found && (found.state === 'drawn' || found.state === 'failed') ? found : null
  })
  if (chart.state !== 'drawn') throw new Error(`The chart was not drawn: ${String(chart.error)}`)
  tell('chart', `GET ${url}/charts/${String(chart.id)}.png`)

  if (values.json || !process.stderr.isTTY) printRows(done, values.json)
})

function passwordOf(username: string): string {
  const known = process.env.DEMO_PASSWORD ?? config.admin_password
  const password = known ?? (process.stdin.isTTY ? prompt(`Password of ${username}:`) : null)
  if (password) return password
  throw new Error(`Set DEMO_PASSWORD to the password of ${username}, or run it at a terminal.`)
}
