/**
 * Builds a stand-in for each image that compose.yaml names, under the very name, from images/Containerfile. The version
 * in the name says which jars and which S3 server to fetch; Debian's packages have the version they have.
 */
import { copyFile, cp, link, mkdir, rm } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { packageManager } from '../../package.json'
import { mavenClasspath } from '../../ops/engines/maven.ts'
import { s3 } from '../../ops/engines/s3.ts'
import { enginesFolder } from '../../ops/engines/state.ts'
import type { Podman } from './podman.ts'

const ROOT = join(import.meta.dir, '../..')
const BUN = `docker.io/oven/${packageManager.replace('@', ':')}-slim`
/** Services on images of others that are started; those of the profile `tools` are not. */
export const SERVERS = ['postgres', 'redis', 'rabbitmq', 'kafka', 'cassandra', 'mongodb', 's3'] as const
/** One builds at a time; the layers of Debian's packages are made once, by the first. */
const HOST_NETWORK = ['--isolation', 'chroot', '--network', 'host']

type Step = (name: string, work: () => Promise<unknown>) => Promise<void>

export async function buildImages(cache: string, podman: Podman, step: Step): Promise<void> {
  const names = await imageNames()
  for (const [target, name] of [['bun', BUN] as const, ...Object.entries(names)])
    await step(`stand-in for ${name}`, () =>
      podman.run([
        ...['build', '-q', ...HOST_NETWORK, '--target', target, '-t', name],
        ...['-f', join(import.meta.dir, 'images/Containerfile'), contextFolder(cache)],
      ]),
    )
  // Layers of earlier runs; younger ones save this run's successor the work.
  await podman.run(['image', 'prune', '--force', '--filter', 'until=240h'])
}

/** The image of each server in compose.yaml. */
async function imageNames(): Promise<Record<(typeof SERVERS)[number], string>> {
  const { services } = Bun.YAML.parse(await Bun.file(join(ROOT, 'compose.yaml')).text()) as {
    services: Record<string, { image: string }>
  }
  return Object.fromEntries(SERVERS.map((name) => [name, services[name]!.image])) as never
}

const contextFolder = (cache: string) => join(cache, 'context')

/** Fetches and builds what comes from elsewhere than Debian. */
export async function fillContext(cache: string): Promise<void> {
  const names = await imageNames()
  const context = contextFolder(cache)
  const programs = join(enginesFolder(resolve(process.env.DATA_DIR || '.data')), 'programs')
  await rm(context, { recursive: true, force: true })
  await mkdir(context, { recursive: true })
  await cp(join(import.meta.dir, 'images'), join(context, 'images'), { recursive: true })
  await copyFile(process.execPath, join(context, 'bun'))
  await copyFile('/etc/ssl/certs/ca-certificates.crt', join(context, 'certificates.crt'))
  await s3.install({ folder: context, programs, ports: {}, password: '' })
  await copyFile(join(programs, `versitygw-${versionOf(names.s3)}`), join(context, 'versitygw'))
  const jars = {
    kafka: [`org.apache.kafka:kafka_2.13:${versionOf(names.kafka)}`, 'org.slf4j:slf4j-simple:1.7.36'],
    cassandra: [`org.apache.cassandra:cassandra-all:${versionOf(names.cassandra)}`],
  }
  for (const [folder, artifacts] of Object.entries(jars)) {
    await mkdir(join(context, folder))
    for (const artifact of artifacts)
      for (const jar of (await mavenClasspath(programs, artifact)).split(':'))
        await copyOnce(jar, join(context, folder, basename(jar)))
  }
}

function versionOf(image: string): string {
  const version = image.split(':')[1]
  if (!version) throw new Error(`${image} in compose.yaml names no version.`)
  return version
}

/** Two artifacts may need the same jar. */
async function copyOnce(from: string, to: string): Promise<void> {
  if (await Bun.file(to).exists()) return
  await link(from, to).catch(() => copyFile(from, to))
}
