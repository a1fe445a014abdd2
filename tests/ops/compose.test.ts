/** What can be said of compose.yaml without starting it; `bun run test:compose` starts it. */
import { expect, setDefaultTimeout, test } from 'bun:test'
import { cp, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FEATURES, readApiConfig } from '../../api/config.ts'
import { readChartsConfig } from '../../charts/config.ts'
import { readConsumersConfig } from '../../consumers/config.ts'
import { readJobsConfig } from '../../jobs/config.ts'
import { packageManager } from '../../package.json'
import { temporaryFolder } from '../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

interface Service {
  image: string
  command?: string | string[]
  /** null: as it is set where compose runs, or not at all. */
  environment?: Record<string, string | number | null>
  ports?: string[]
  restart?: string
  mem_limit?: string
  healthcheck?: object
  read_only?: boolean
  cap_drop?: string[]
  volumes?: string[]
}

const ROOT = join(import.meta.dir, '../..')
const text = await readFile(join(ROOT, 'compose.yaml'), 'utf8')
const { services, volumes } = Bun.YAML.parse(text) as { services: Record<string, Service>; volumes: object }
const ours = Object.entries(services).filter(([, { image }]) => image.startsWith('localhost/doca:'))

/** Values as compose puts them in: of `${NAME:?…}` something that could be a secret, of `${NAME:-default}` the default. */
const filled = (value: string) =>
  value.replaceAll(/\$\{\w+:\?[^}]*\}/g, 'f00d'.repeat(12)).replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')

const environmentOf = (service: Service) =>
  Object.fromEntries(
    Object.entries(service.environment ?? {}).flatMap(([name, value]) =>
      value === null ? [] : [[name, filled(String(value))]],
    ),
  )

test('every variable that a program of ours is given is one that the configuration knows', async () => {
  const example = await readFile(join(ROOT, '.env.example'), 'utf8')
  // These are the S3 library's and OpenTelemetry's own.
  const known = [...example.matchAll(/^#([A-Z0-9_]+)=/gm)].map(([, name]) => name!)
  known.push('AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY')
  known.push('OTEL_EXPORTER_OTLP_HEADERS', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG')
  expect(ours.map(([name]) => name)).toEqual(['api', 'system-a', 'system-b', 'jobs', 'consumers', 'charts'])
  for (const [, { environment = {} }] of ours) expect(known).toEqual(expect.arrayContaining(Object.keys(environment)))
})

test("each program's configuration accepts what it is given, in production", () => {
  const readers = { api: readApiConfig, jobs: readJobsConfig, consumers: readConsumersConfig, charts: readChartsConfig }
  for (const [, service] of ours) {
    const program = /^bun (\w+)\/main\.ts$/.exec(String(service.command))![1] as keyof typeof readers
    readers[program]({ NODE_ENV: 'production', ...environmentOf(service) })
  }
})

test('the API serves everything at 8004, and each order system its own rows at 8001 and 8002', () => {
  const served = ours.flatMap(([name, service]) => {
    if (service.command !== 'bun api/main.ts') return []
    const { features, orders } = readApiConfig({ NODE_ENV: 'production', ...environmentOf(service) })
    const databases = orders.systems.map((system) => [system.name, new URL(system.url!).pathname])
    const output = new URL(orders.output_url!).pathname
    return [[name, service.ports!.map(filled), features.length, databases, output]]
  })
  expect(served).toEqual([
    [
      'api',
      ['127.0.0.1:8004:8004'],
      FEATURES.length,
      [
        ['a', '/system_a'],
        ['b', '/system_b'],
      ],
      '/output',
    ],
    ['system-a', ['127.0.0.1:8001:8004'], 2, [['a', '/system_a']], '/output'],
    ['system-b', ['127.0.0.1:8002:8004'], 2, [['b', '/system_b']], '/output'],
  ])
})

test('no secret has a default, and a missing one says what to do', () => {
  const used = [...text.matchAll(/(?<!\$)\$\{(\w+)([^}]*)\}/g)].map(([, name, rest]) => ({ name: name!, rest: rest! }))
  for (const { name, rest } of used.filter(({ name }) => /PASSWORD|SECRET|TOKEN|KEY/.test(name)))
    expect({ name, rest }).toEqual({ name, rest: ':?run sh ops/compose-env.sh' })
  const plain = used.filter(({ rest }) => rest.startsWith(':-')).map(({ name }) => name)
  expect([...new Set(plain)].toSorted()).toEqual(['LOCALE', 'LOG_LEVEL', 'PORT', 'SYSTEM_A_PORT', 'SYSTEM_B_PORT'])
  expect(text).not.toMatch(/(PASSWORD|SECRET|TOKEN|PASS): ['"]?[^'"$\s]/)
})

test('programs sign in as a role that is no superuser and owns every database', async () => {
  const { POSTGRES_USER = 'postgres' } = services.postgres!.environment as Record<string, string>
  const urls = ours.map(([, service]) => new URL(environmentOf(service).DATABASE_URL!))
  expect(urls.map(({ username, pathname }) => [username, pathname])).toEqual(ours.map(() => ['doca', '/doca']))
  expect(POSTGRES_USER).not.toBe('doca')
  const made = await readFile(join(ROOT, 'ops/postgresql/databases.sql'), 'utf8')
  expect(made).toContain("create role doca login createdb password :'password';")
  expect([...made.matchAll(/create database (\w+) owner doca;/g)].map(([, name]) => name)).toEqual([
    'doca',
    'system_a',
    'system_b',
    'output',
  ])
  expect(made.match(/create database/g)).toHaveLength(4)
})

test('ops/compose-env.sh writes every secret once, for its owner only, and leaves what is there', async () => {
  const folder = temporaryFolder()
  await cp(join(ROOT, 'compose.yaml'), join(folder, 'compose.yaml'))
  await cp(join(ROOT, 'ops/compose-env.sh'), join(folder, 'ops/compose-env.sh'))
  // The last line of what somebody wrote by hand has no end.
  await writeFile(join(folder, '.env'), 'ADMIN_PASSWORD=chosen-by-hand\nPORT=9000')
  await Bun.$`sh ${folder}/ops/compose-env.sh && sh ${folder}/ops/compose-env.sh`.quiet()
  const lines = (await readFile(join(folder, '.env'), 'utf8')).trim().split('\n')
  expect(lines.slice(0, 2)).toEqual(['ADMIN_PASSWORD=chosen-by-hand', 'PORT=9000'])
  const required = new Set([...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name!))
  expect(lines.map((line) => line.split('=')[0]).toSorted()).toEqual([...required, 'PORT'].toSorted())
  for (const line of lines.slice(2)) expect(line).toMatch(/^[A-Z0-9_]+=[0-9a-f]{48}$/)
  expect((await stat(join(folder, '.env'))).mode & 0o777).toBe(0o600)
})

test('every service has a pinned image, a health check, a memory limit and a restart policy, and publishes on loopback', () => {
  for (const [name, service] of Object.entries(services)) {
    expect(service.image).toMatch(/^[\w.]+\/[\w./-]+:v?\d+\.\d+[\w.-]*$/)
    // Beside the name, which is what a failure should show.
    const { mem_limit, healthcheck, restart } = service
    expect([name, /^\d+[mg]$/.test(mem_limit ?? ''), restart]).toEqual([name, true, 'unless-stopped'])
    expect(Object.keys(healthcheck ?? {}).toSorted()).toEqual([
      'interval',
      'retries',
      'start_period',
      'test',
      'timeout',
    ])
    for (const port of service.ports ?? []) expect(port).toStartWith('127.0.0.1:')
  }
})

test('programs of ours write to the volume and to /tmp only, and have no privileges', () => {
  for (const [, service] of ours)
    expect(service).toMatchObject({
      read_only: true,
      tmpfs: ['/tmp'],
      cap_drop: ['ALL'],
      security_opt: ['no-new-privileges:true'],
      volumes: ['data:/data'],
      init: true,
    })
})

test('every named volume that is used is declared, and the other way round', () => {
  const named = Object.values(services).flatMap(({ volumes = [] }) => volumes.filter((v) => !/^[./]/.test(v)))
  const used = new Set(named.map((volume) => volume.split(':')[0]!))
  expect([...used].toSorted()).toEqual(Object.keys(volumes).toSorted())
})

test("the image has this project's version and is built with its Bun", async () => {
  const dockerfile = await readFile(join(ROOT, 'ops/Dockerfile'), 'utf8')
  const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)
  expect(new Set(bases)).toEqual(new Set([`docker.io/oven/${packageManager.replace('@', ':')}-slim`]))
  const { version } = (await Bun.file(join(ROOT, 'package.json')).json()) as { version: string }
  for (const [, { image }] of ours) expect(image).toBe(`localhost/doca:${version}`)
})

test('Prometheus asks every program of ours at its port, and has its rules', async () => {
  const prometheus = Bun.YAML.parse(await readFile(join(ROOT, 'ops/prometheus/prometheus.yml'), 'utf8')) as {
    rule_files: string[]
    scrape_configs: Array<{ static_configs: Array<{ targets: string[] }> }>
  }
  const targets = prometheus.scrape_configs.flatMap((one) => one.static_configs.flatMap((few) => few.targets))
  const portOf = (service: Service) => (service.ports ? 8004 : environmentOf(service).METRICS_PORT)
  expect(targets).toEqual(ours.map(([name, service]) => `${name}:${portOf(service)}`))
  for (const file of ['/etc/prometheus/prometheus.yml', ...prometheus.rule_files])
    expect(services.prometheus!.volumes).toContain(`./ops/prometheus/${file.split('/').at(-1)}:${file}:ro`)
})

test('every dashboard has an id and a title of its own and asks the Prometheus that is provisioned', async () => {
  const folder = join(ROOT, 'ops/grafana')
  const { datasources } = Bun.YAML.parse(
    await readFile(join(folder, 'provisioning/datasources/prometheus.yaml'), 'utf8'),
  ) as { datasources: Array<{ uid: string }> }
  const files = await Array.fromAsync(new Bun.Glob('*.json').scan(join(folder, 'dashboards')))
  const texts = await Promise.all(files.map((file) => readFile(join(folder, 'dashboards', file), 'utf8')))
  const dashboards = texts.map((text) => JSON.parse(text) as { uid: string; title: string })
  expect(files.length).toBe(5)
  for (const key of ['uid', 'title'] as const) expect(new Set(dashboards.map((one) => one[key])).size).toBe(5)
  for (const text of texts)
    for (const [, uid] of text.matchAll(/"type": "prometheus",\s*"uid": "(\w+)"/g))
      expect(uid).toBe(datasources[0]!.uid)
})
