/**
 * A server that speaks MongoDB's protocol: SecantusDB from PyPI, in a Python environment of its own. Its user is created
 * before the first start with --auth, since it creates users only without.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import type { Engine, Installation } from './engine.ts'
import { installPackages, makeOnce, needCommand, run } from './install.ts'

const PACKAGE = 'secantusdb'
const VERSION = '0.7.0b3'
const USER = 'doca'
const USER_EXISTS = 51_003
const FIRST_START_MS = 60_000

export const mongodb: Engine = {
  name: 'mongodb',
  ports: { mongodb: 29_017 },

  async install({ programs }) {
    const environment = environmentOf(programs)
    await makeOnce(join(environment, 'complete'), async (temporary) => {
      await rm(environment, { recursive: true, force: true })
      await run([await pythonWithVenv(programs), '-m', 'venv', environment])
      await run([join(environment, 'bin/pip'), 'install', '--quiet', `${PACKAGE}==${VERSION}`])
      await writeFile(temporary, VERSION)
    })
  },

  async prepare(installation) {
    await mkdir(installation.folder, { recursive: true })
    await makeOnce(join(installation.folder, 'user'), async (temporary) => {
      await makeUser(installation)
      await writeFile(temporary, USER)
    })
    return { command: [...command(installation), '--auth'] }
  },

  async check(installation) {
    const client = new MongoClient(url(installation), { serverSelectionTimeoutMS: 2_000 })
    try {
      const { version } = await client.db('doca').command({ buildInfo: 1 })
      return `${version}, ${PACKAGE} ${VERSION}`
    } finally {
      await client.close()
    }
  },

  variables: (installation) => ({ JOURNAL_URL: url(installation) }),
}

// --standalone: it keeps no log of operations for replicas, which would make inserts slower as it grows.
function command({ folder, programs, ports }: Installation): string[] {
  const server = ['--host', '127.0.0.1', '--port', String(ports.mongodb), '--standalone', '--log-level', 'WARNING']
  const storage = ['--storage-path', join(folder, 'data'), '--cache-size', '256M']
  return [join(environmentOf(programs), 'bin/secantusd-py'), ...server, ...storage]
}

const environmentOf = (programs: string) => join(programs, `${PACKAGE}-${VERSION}`)

const url = ({ ports, password }: Installation) =>
  `mongodb://${USER}:${password}@127.0.0.1:${ports.mongodb}/doca?authSource=admin`

async function pythonWithVenv(programs: string): Promise<string> {
  const python = Bun.which('python3')
  if (python && Bun.spawnSync([python, '-c', 'import ensurepip, venv']).exitCode === 0) return python
  await installPackages(programs, '/usr/share/doc/python3-venv/copyright', ['python3-venv'])
  return needCommand('python3', 'install Python 3.11 or later with its venv module')
}

async function makeUser(installation: Installation): Promise<void> {
  const env = { ...process.env, ENGINE_FOLDER: installation.folder }
  const server = Bun.spawn(command(installation), {
    stdio: ['ignore', 'ignore', 'ignore'],
    cwd: installation.folder,
    env,
  })
  const client = new MongoClient(`mongodb://127.0.0.1:${installation.ports.mongodb}`, {
    serverSelectionTimeoutMS: FIRST_START_MS,
  })
  try {
    await client.db('admin').command({ createUser: USER, pwd: installation.password, roles: ['root'] })
  } catch (err) {
    if ((err as { code?: number }).code !== USER_EXISTS)
      throw new Error(`${PACKAGE} did not take its user.`, { cause: err })
  } finally {
    await client.close()
    server.kill('SIGTERM')
    await server.exited
  }
}
