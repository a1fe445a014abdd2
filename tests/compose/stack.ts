/**
 * compose.yaml as its user meets it: every service healthy, one of everything sent through from outside, each container
 * killed and back by itself, all of it killed at once and nothing lost. The tests go on from one another, in this order;
 * main.ts runs them, and takes down what they leave.
 */
import { afterAll, beforeAll, expect, test } from 'bun:test'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoWorkbook } from '../../ops/demo/workbooks.ts'
import { freePort } from '../kit/program.ts'
import { apiFromOutside, type Api } from './api.ts'
import { SERVERS } from './images.ts'
import { openPodman, PROJECT, type Podman } from './podman.ts'
import { composeSchemaProblems } from './schema.ts'
import { eventually } from './eventually.ts'

const ROOT = join(import.meta.dir, '../..')
const PROGRAMS = ['api', 'system-a', 'system-b', 'jobs', 'consumers', 'charts'] as const
const SERVICES = [...SERVERS, ...PROGRAMS]
/** A server on two busy cores; Cassandra takes the longest. */
const HEALTHY_MS = 240_000

/** Who does the work: an admin would have to enrol a phone first. */
const OPERATOR = ['operator', crypto.randomUUID()] as const

let podman: Podman
let folder: string
let env_file: string
let secrets: Record<string, string>
const ports = { api: freePort(), 'system-a': freePort(), 'system-b': freePort() }
const { api: port } = ports
let api: Api
/** The order systems by their names. */
let systems: Record<'a' | 'b', Api>
/** Bridges that were there before. */
let bridges: string[]

beforeAll(async () => {
  podman = await openPodman(process.env.COMPOSE_TEST_FOLDER!)
  bridges = await podmanBridges()
  folder = await mkdtemp(join(tmpdir(), 'doca-compose-'))
  // The user's own command, on a copy: it writes beside the file.
  await Bun.$`mkdir ${folder}/ops && cp ${ROOT}/compose.yaml ${folder} && cp ${ROOT}/ops/compose-env.sh ${folder}/ops`
  await Bun.$`sh ${folder}/ops/compose-env.sh`.quiet()
  env_file = join(folder, '.env')
  const lines = (await readFile(env_file, 'utf8')).trim().split('\n')
  secrets = Object.fromEntries(lines.map((line) => line.split('=') as [string, string]))
  const at = (number: number) => apiFromOutside(`http://127.0.0.1:${number}`)
  api = at(port)
  systems = { a: at(ports['system-a']), b: at(ports['system-b']) }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const compose = (...words: string[]) => {
  const [PORT, SYSTEM_A_PORT, SYSTEM_B_PORT] = Object.values(ports).map(String) as [string, string, string]
  return podman.compose(env_file, words, { PORT, SYSTEM_A_PORT, SYSTEM_B_PORT })
}
const container = (service: string) => `${PROJECT}_${service}_1`

test('the file is what the compose specification allows', async () => {
  const text = await readFile(join(ROOT, 'compose.yaml'), 'utf8')
  expect(await composeSchemaProblems(process.env.COMPOSE_TEST_FOLDER!, text)).toEqual([])
  // The schema is one that finds something.
  const wrong = text.replace('restart: unless-stopped', 'restarts: unless-stopped')
  expect(await composeSchemaProblems(process.env.COMPOSE_TEST_FOLDER!, wrong)).not.toEqual([])
})

test('a secret that is missing is named, with what to do', async () => {
  for (const name of Object.keys(secrets)) {
    const without = join(folder, 'without.env')
    const rest = Object.entries(secrets).filter(([other]) => other !== name)
    await writeFile(without, rest.map(([other, value]) => `${other}=${value}`).join('\n'))
    const refused = podman.compose(without, ['config', '--quiet'])
    await expect(refused).rejects.toThrow(new RegExp(`${name} .*run sh ops/compose-env.sh`, 's'))
  }
})

test('it starts, and every service gets healthy', async () => {
  // As the images of the servers are built.
  await compose('--podman-build-args=--network host', 'build', 'api')
  await compose('up', '-d', ...SERVICES)
  await untilHealthy(SERVICES)
})

test('the APIs are published on loopback, and nothing else is', async () => {
  const published = await podman.run(['ps', '--format', '{{.Names}} {{.Ports}}'])
  const lines = published.split('\n').filter((line) => line.includes('->'))
  const expected = Object.entries(ports).map(([name, at]) => `${container(name)} 127.0.0.1:${at}->8004/tcp`)
  expect(lines.toSorted()).toEqual(expected.toSorted())
})

test('from outside, health says ok for every role', async () => {
  const health = await eventually('health to be ok', 60_000, async () => {
    const answer = await api.insist('GET', '/health')
    return answer.status === 'ok' && answer
  })
  const roles = ['api', 'database', 'cache', 'stream', 'queue', 'history', 'journal', 'objects']
  for (const role of roles) expect(health).toHaveProperty(`${role}.status`, 'ok')
})

test('programs run as nobody special, on a file system they cannot write to', async () => {
  for (const service of PROGRAMS) {
    const inside = (words: string) => podman.run(['exec', container(service), 'sh', '-c', words])
    expect(Number(await inside('id -u'))).toBeGreaterThan(0)
    expect(await inside('touch /doca/x 2>&1; touch /data/x && rm /data/x')).toContain('Read-only file system')
    expect(await inside('grep CapEff /proc/self/status')).toMatch(/CapEff:\s+0+\n/)
  }
})

test('admin signs in with the password of .env, and the admin program in the container adds a user', async () => {
  await api.signIn('admin', secrets.ADMIN_PASSWORD!)
  const [name, password] = OPERATOR
  const words = `printf %s ${password} | bun run --silent admin user add ${name} --role operator --keep-password`
  await podman.run(['exec', container('api'), 'sh', '-c', words])
  await api.signIn(...OPERATOR)
})

test('one of everything goes through', async () => {
  await sendOneOfEverything('first')
})

test("Prometheus' way in: its token, and no other, is let in", async () => {
  const metrics = (token: string) =>
    fetch(`http://127.0.0.1:${port}/metrics`, { headers: { accept: 'text/plain', authorization: `Bearer ${token}` } })
  expect((await metrics('wrong')).status).toBe(401)
  const answer = await metrics(secrets.METRICS_TOKEN!)
  expect(answer.status).toBe(200)
  expect(await answer.text()).toContain('doca_http_requests_total')
})

for (const service of PROGRAMS)
  test(`${service}, killed, comes back by itself and goes on`, async () => {
    await killed(service)
    await untilHealthy([service])
    await sendOneOfEverything(`after-${service}`)
  })

for (const service of SERVERS)
  test(`${service}, killed, comes back by itself, and the programs go on with it`, async () => {
    await killed(service)
    await untilHealthy([service])
    await sendOneOfEverything(`after-${service}`)
    await keptEverything()
  })

test('everything killed at once, as when the power fails, it comes back with its data', async () => {
  const pids = await Promise.all(SERVICES.map(pidOf))
  for (const pid of pids) process.kill(pid, 'SIGKILL')
  // Podman starts no container again whose servers are away, as Docker does; as after a power cut, somebody starts all.
  await eventually('all to be started again', 60_000, async () => {
    await podman.run(['start', '--all']).catch(() => {})
    const now = await Promise.all(SERVICES.map(pidOf))
    return now.every((pid, i) => pid > 0 && pid !== pids[i])
  })
  await untilHealthy(SERVICES)
  await keptEverything()
  await sendOneOfEverything('last')
})

test('stopped and started again, it has its data', async () => {
  await compose('down', '--timeout', '45')
  await compose('up', '-d', ...SERVICES)
  await untilHealthy(SERVICES)
  await keptEverything()
})

test('taken down with its volumes, it leaves nothing behind', async () => {
  await compose('down', '--volumes', '--timeout', '45')
  expect(await podman.run(['ps', '--all', '--quiet'])).toBe('')
  expect(await podman.run(['volume', 'ls', '--quiet'])).toBe('')
  expect(await podman.run(['network', 'ls', '--quiet', '--filter', `name=${PROJECT}`])).toBe('')
  expect(await podmanBridges()).toEqual(bridges)
  expect(await podman.removeAll()).toEqual([])
})

const podmanBridges = async () => (await readdir('/sys/class/net')).filter((name) => /^podman\d/.test(name)).toSorted()

/** Without systemd podman does not look by itself. One look after the other: each is a process of some weight. */
async function untilHealthy(services: readonly string[]): Promise<void> {
  const healthy = (service: string) =>
    podman.run(['healthcheck', 'run', container(service)]).then(
      () => true,
      () => false,
    )
  for (const service of services)
    await eventually(
      `${service} to be healthy`,
      HEALTHY_MS,
      () => healthy(service),
      () => lastWords(service),
    )
}

const lastWords = (service: string) => podman.run(['logs', '--tail', '20', container(service)])

/** Its first process gets SIGKILL from the kernel's side, as for want of memory: podman did not do it, and restarts it. */
async function killed(service: string): Promise<void> {
  const pid = await pidOf(service)
  process.kill(pid, 'SIGKILL')
  await eventually(`${service} to be started again`, 60_000, async () => {
    const now = await pidOf(service)
    return now > 0 && now !== pid
  })
}

/** Of its first process; 0 when there is none. */
async function pidOf(service: string): Promise<number> {
  return Number(await podman.run(['inspect', '--format', '{{.State.Pid}}', container(service)]))
}

interface Sent {
  item: string
  sku: string
  event: string
  /** Ids of messages. */
  orders: string[]
  chart: string
}
const sent: Sent[] = []

/**
 * A login, an item, an event that goes through the stream into the history, an order of each system that goes through the queue into the
 * output, a workbook that becomes a PNG, a job's run.
 */
async function sendOneOfEverything(mark: string): Promise<void> {
  await api.signIn(...OPERATOR)
  const sku = `COMPOSE-${mark}`
  const item = await api.insist('POST', '/embalagens', {
    sku,
    name: `Caixa ${mark}`,
    material: 'paper',
    kind: 'box',
    unit_cost: '1.20',
    currency: 'BRL',
  })
  const accepted = await api.insist('POST', '/events', { sku, kind: 'sale', quantity: 3 })
  const [event] = accepted.event_ids as string[]
  const orders = await Promise.all([sendOrder('a'), sendOrder('b')])
  const { key } = await api.upload(`${mark}.xlsx`, await demoWorkbook())
  await eventually(`event ${mark} in the history`, 120_000, () => inHistory(sku, event!))
  for (const order of orders)
    await eventually(`order ${order} in the output`, 120_000, async () => (await journey(order)).status === 'output')
  const chart = await eventually(`chart ${mark}`, 120_000, async () => {
    const { items } = await api.insist('GET', '/charts?limit=100')
    const found = (items as Array<Record<string, unknown>>).find(({ source_key }) => source_key === key)
    return found?.state === 'drawn' && String(found.id)
  })
  await expectPicture(chart)
  const run = await podman.run([
    'exec',
    container('jobs'),
    ...'bun jobs/main.ts trigger hello --wait --json'.split(' '),
  ])
  expect(JSON.parse(run)).toMatchObject([{ state: 'succeeded' }])
  sent.push({ item: String(item.id), sku, event: event!, orders, chart })
}

/** By the process of the system itself; the id of a message that needs few attempts, since each costs ten seconds. */
async function sendOrder(name: 'a' | 'b'): Promise<string> {
  const system = systems[name]
  await system.signIn(...OPERATOR)
  await system.insist('POST', `/systems/${name}/orders/fill`, { count: 20, false_share: 0 })
  const { items } = await system.insist('POST', `/systems/${name}/messages`, {})
  await system.insist('POST', `/systems/${name}/send`, {})
  const messages = items as Array<{ message_id: string; required_attempts: number }>
  return messages.toSorted((one, other) => one.required_attempts - other.required_attempts)[0]!.message_id
}

const journey = (message_id: string) => api.insist('GET', `/orders/messages/${message_id}`)

async function keptEverything(): Promise<void> {
  await api.signIn(...OPERATOR)
  for (const { item, sku, event, orders, chart } of sent) {
    for (const order of orders) expect(await journey(order)).toMatchObject({ status: 'output' })
    expect(await api.insist('GET', `/embalagens/${item}`)).toMatchObject({ sku })
    expect(await inHistory(sku, event)).toBe(true)
    await expectPicture(chart)
  }
}

async function inHistory(sku: string, event_id: string): Promise<boolean> {
  const { items } = await api.insist('GET', `/events/history?sku=${sku}`)
  return (items as Array<{ event_id: string }>).some((item) => item.event_id === event_id)
}

async function expectPicture(chart: string): Promise<void> {
  const bytes = await api.bytes(`/charts/${chart}.png`)
  expect(Buffer.from(bytes.subarray(1, 4)).toString()).toBe('PNG')
  expect(bytes.length).toBeGreaterThan(5000)
}
