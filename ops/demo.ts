/**
 * `bun run demo`: fills every page of a running system with sample data, through its public API and with files of jobs and monitors,
 * as people would. All of it happens now; nothing is written into the past. Run again it adds nothing twice.
 */
import { stat } from 'node:fs/promises'
import { apiUrl, readApiConfig } from '../api/config.ts'
import { parseWords, printRows } from '../lib/command-line.ts'
import { loadConfig, runProgram } from '../lib/program.ts'
import { textIn } from '../lib/texts.ts'
import { demoCatalogue } from './demo/catalogue.ts'
import { apiClient, until, type ApiClient } from './demo/client.ts'
import { workWithDeadLetters } from './demo/dead-letters.ts'
import { putDefinitions, removeDefinitions } from './demo/definition-files.ts'
import { awaitCharts, deleteFiles, uploadFiles } from './demo/files.ts'
import { sendEvents, sendOrders } from './demo/messages.ts'
import { deleteItems, editItem, fillCatalogue, hasOtherItems } from './demo/packaging.ts'
import { disablePeople, makePeople } from './demo/people.ts'
import { awaitRuns, forgetJobs, listJobs, makeRuns, OWN_JOBS } from './demo/runs.ts'
import type { Scene } from './demo/scene.ts'
import { acknowledge, endSilences, pingMonitors, silencePrinter } from './demo/watching.ts'
import { placesToLook } from './demo/places.ts'

const USAGE = `Usage: bun run demo [--remove] [--anyway] [--url http://…] [--username admin] [--json]
The password of an admin is asked for, or taken from DEMO_PASSWORD or ADMIN_PASSWORD. --remove takes the demo's jobs, monitors,
items and workbooks away again and disables its users. --anyway: where there is data of others, or with NODE_ENV=production.`

const { values } = parseWords(
  Bun.argv.slice(2),
  {
    url: { type: 'string' },
    username: { type: 'string', default: 'admin' },
    remove: { type: 'boolean', default: false },
    anyway: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
  USAGE,
)
const config = loadConfig(readApiConfig)
const { locale } = config

await runProgram(async () => {
  const url = values.url ?? apiUrl(config)
  const signIn = (username: string, password: string) => apiClient(url, { username, password, locale })
  const api = await signIn(values.username, passwordOf(values.username))
  const say: Scene['say'] = (text) => textIn(text, locale)
  const tell: Scene['tell'] = (what, result) => process.stderr.write(`${say(what)}: ${say(result)}\n`)
  const scene: Scene = { url, locale, api, signIn, say, tell, now: new Date() }

  const { role } = await api.json('GET', '/me')
  if (role !== 'admin') throw new Error(`${values.username} is no admin: the demo makes users, too.`)
  const folder = await folderOfJobs(api)
  if (values.remove) return remove(scene, folder)
  if (!values.anyway) await refuseRealSystem(api)
  await fill(scene, folder)
  const places = placesToLook(url).map(({ what, address }) => ({
    [say({ en: 'look at', pt: 'veja' })]: say(what),
    url: address,
  }))
  printRows(places, values.json)
})

async function fill(scene: Scene, folder: string | null): Promise<void> {
  const items = demoCatalogue()
  const { api, tell } = scene
  await sendOrders(scene)
  if (folder !== null) {
    await silencePrinter(scene)
    await putDefinitions(folder, scene.url)
  }
  await fillCatalogue(scene, items)
  const operator = (await makePeople(scene)) ?? api
  await editItem(scene, operator, items[0]!.sku)
  await uploadFiles(scene)
  await sendEvents(scene, items)
  if (folder === null)
    tell(
      { en: 'jobs and monitors', pt: 'jobs e monitores' },
      {
        en: 'left out: JOBS_DIR of the running system is not a folder of this machine that can be written to',
        pt: 'ficaram de fora: JOBS_DIR do sistema não é uma pasta desta máquina em que se possa gravar',
      },
    )
  else await runJobs(scene, folder, operator)
  await awaitCharts(scene)
  await workWithDeadLetters(scene, operator)
}

async function runJobs(scene: Scene, folder: string, operator: ApiClient): Promise<void> {
  await until(`the jobs program to read ${folder}`, async () => {
    const there = (await listJobs(scene)).filter(({ gone_at }) => gone_at === null).map(({ name }) => name)
    return OWN_JOBS.every((name) => there.includes(name))
  }).catch(async (thrown) => {
    await removeDefinitions(folder)
    throw thrown
  })
  await makeRuns(scene)
  await pingMonitors(scene)
  await acknowledge(scene, operator)
  await awaitRuns(scene)
}

async function remove(scene: Scene, folder: string | null): Promise<void> {
  const files = folder === null ? [] : await removeDefinitions(folder)
  await endSilences(scene)
  const [items, charts, people, jobs] = [
    await deleteItems(scene),
    await deleteFiles(scene),
    await disablePeople(scene),
    await forgetJobs(scene),
  ]
  scene.tell(
    { en: 'removed', pt: 'removidos' },
    {
      en: `${files.length} files of ${String(folder)}, ${jobs} jobs, ${items} items, ${charts} workbooks; ${people} users disabled. The audit, reports, orders, people, dead letters, stock movements and resolved alerts stay.`,
      pt: `${files.length} arquivos de ${String(folder)}, ${jobs} jobs, ${items} itens, ${charts} planilhas; ${people} usuários desativados. Auditoria, relatórios, pedidos, pessoas, mensagens mortas, movimentos de estoque e alertas resolvidos ficam.`,
    },
  )
}

async function settingOf(api: ApiClient, name: string): Promise<string | null> {
  const { items } = await api.json('GET', '/system/settings')
  return (items as Array<{ name: string; value: string | null }>).find((one) => one.name === name)?.value ?? null
}

/** JOBS_DIR of the running system, where it is a folder here, too. */
async function folderOfJobs(api: ApiClient): Promise<string | null> {
  const folder = await settingOf(api, 'JOBS_DIR')
  if (folder === null) return null
  const found = await stat(folder).catch(() => null)
  return found?.isDirectory() ? folder : null
}

/** A demo must not get into a company's own data by accident. */
async function refuseRealSystem(api: ApiClient): Promise<void> {
  if ((await settingOf(api, 'NODE_ENV')) === 'production' || process.env.NODE_ENV === 'production')
    throw new Error('This system runs with NODE_ENV=production. To fill it with sample data all the same: --anyway.')
  if (await hasOtherItems(api))
    throw new Error('There are packaging items that are not of the demo. To add sample data all the same: --anyway.')
}

function passwordOf(username: string): string {
  const known = process.env.DEMO_PASSWORD ?? config.admin_password
  const password = known ?? (process.stdin.isTTY ? prompt(`Password of ${username}:`) : null)
  if (password) return password
  throw new Error(`Set DEMO_PASSWORD to the password of ${username}, or run it at a terminal.`)
}
