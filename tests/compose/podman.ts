/**
 * Podman with a storage and settings of its own, so that nobody else's containers, images or configuration are touched;
 * whatever runs in that storage is ours to remove.
 */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../ops/engines/install.ts'

export const PROJECT = 'doca-test'
/** On a file system that a restart of the machine empties, as podman expects of it; one for each storage. */
const runFolder = (folder: string) => `/run/doca-compose-${Bun.hash(folder).toString(36)}`

export interface Podman {
  /** For every command that is to see this storage. */
  environment: Record<string, string>
  /** Resolves with what it printed; throws AppError with the end of that when it fails. */
  run(words: string[]): Promise<string>
  /** podman-compose on the project's compose.yaml, with the variables of `env_file`. */
  compose(env_file: string, words: string[], env?: Record<string, string>): Promise<string>
  has(image: string): Promise<boolean>
  /** Ends and removes all but images; resolves with what is still there. */
  removeAll(): Promise<string[]>
}

const ROOT = join(import.meta.dir, '../..')

/** Writes the settings below `folder`, unless they are there, and opens it. */
export async function openPodman(folder: string): Promise<Podman> {
  const files = {
    CONTAINERS_CONF: [join(folder, 'containers.conf'), settings(folder)],
    CONTAINERS_STORAGE_CONF: [join(folder, 'storage.conf'), storage(folder)],
  } as const
  await mkdir(folder, { recursive: true })
  for (const [path, text] of Object.values(files)) await writeFile(path, text)
  const environment = {
    COMPOSE_TEST_FOLDER: folder,
    CONTAINERS_CONF: files.CONTAINERS_CONF[0],
    CONTAINERS_STORAGE_CONF: files.CONTAINERS_STORAGE_CONF[0],
    // Without user namespaces and overlay mounts of its own, which a machine in a machine may lack.
    BUILDAH_ISOLATION: 'chroot',
    // The other format has no health checks.
    BUILDAH_FORMAT: 'docker',
    PODMAN_COMPOSE_WARNING_LOGS: 'false',
  }
  const podman = (words: string[]) => run(['podman', ...words], { env: environment })
  const program = join(folder, 'venv/bin/podman-compose')

  return {
    environment,
    run: podman,
    compose: (env_file, words, env = {}) =>
      run([program, '--env-file', env_file, '-p', PROJECT, ...words], { cwd: ROOT, env: { ...environment, ...env } }),
    has: (image) =>
      podman(['image', 'exists', image]).then(
        () => true,
        () => false,
      ),
    async removeAll() {
      const list = async (words: string[]) => (await podman(words)).split('\n').filter(Boolean)
      // It removes several at once, and stumbles over those that another removal took along.
      for (let tries = 0; tries < 5 && (await list(['ps', '--all', '--quiet'])).length > 0; tries += 1)
        await podman(['rm', '--all', '--force', '--depend', '--time', '0']).catch(() => {})
      await podman(['volume', 'rm', '--all', '--force'])
      await podman(['network', 'prune', '--force'])
      return [
        ...(await list(['ps', '--all', '--format', 'container {{.Names}}'])),
        ...(await list(['volume', 'ls', '--format', 'volume {{.Name}}'])),
        ...(await list(['network', 'ls', '--filter', `name=${PROJECT}`, '--format', 'network {{.Name}}'])),
        ...(await processesOf(folder)),
      ]
    },
  }
}

/** Every container has a conmon, whose command line names the storage. */
async function processesOf(folder: string): Promise<string[]> {
  const found: string[] = []
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(process.pid))) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (/^[^\0]*conmon\0/.test(command) && (command.includes(folder) || command.includes(runFolder(folder))))
      found.push(`process ${pid} ${command.replaceAll('\0', ' ').slice(0, 80)}`)
  }
  return found
}

/** runc, since crun refuses machines with both versions of cgroups; no limit is raised, since that may be forbidden. */
const settings = (folder: string) => `[containers]
default_ulimits = ["nofile=1024:4096", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "none"
tmp_dir = "${runFolder(folder)}/libpod"
[network]
network_backend = "netavark"
network_config_dir = "${folder}/networks"
`

const storage = (folder: string) => `[storage]
driver = "overlay"
graphroot = "${folder}/storage"
runroot = "${runFolder(folder)}/storage"
`
