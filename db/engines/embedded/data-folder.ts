/** The data folder: made whole or not at all, recognised as ours, given its password. */
import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, openSync } from 'node:fs'
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { joined, type Translated } from '../../../lib/texts.ts'
import { AppError } from '../../../lib/errors.ts'
import { noBinaries, POSTGRES_MAJOR, type Binaries } from './binaries.ts'
import { startProblem } from './problems.ts'
import { DATABASE, firstStatements, SUPERUSER } from './roles.ts'
import type { ServerUser } from './run-as.ts'

/** The files of the embedded server. */
export interface ServerPaths {
  data_dir: string
  /** The data folder itself. */
  folder: string
  log: string
  /** The port it used last. */
  port: string
  /** Locked while a program starts or stops the server. */
  start_lock: string
  /** Locked by the server's processes for as long as one of them lives. */
  alive_lock: string
}

export function serverPaths(data_dir: string): ServerPaths {
  const folder = join(data_dir, 'postgres')
  return {
    data_dir,
    folder,
    log: `${folder}.log`,
    port: `${folder}.port`,
    start_lock: `${folder}.lock`,
    alive_lock: `${folder}.alive`,
  }
}

/** The server's environment: none of the program's secrets. */
export const serverEnv = () => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' })

/** True when the folder holds data of our version, false when there is none yet; throws AppError for anything else. */
export async function holdsData(folder: string): Promise<boolean> {
  const names = await readdir(folder).catch((err: NodeJS.ErrnoException) => {
    if (err.code === 'ENOENT') return [] as string[]
    if (err.code === 'ENOTDIR') throw notData(folder, { en: 'it is a file', pt: 'é um arquivo' })
    throw err
  })
  if (names.length === 0) return false
  if (!names.includes('PG_VERSION') || !existsSync(join(folder, 'global', 'pg_control')))
    throw notData(folder, { en: 'it holds something else', pt: 'contém outra coisa' })
  const version = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim()
  if (version === String(POSTGRES_MAJOR)) return true
  throw new AppError('internal', 'embedded_version', otherVersion(folder, version))
}

function otherVersion(folder: string, version: string): Translated {
  const made = {
    en: `${folder} was made by PostgreSQL ${version}, and this Doca has ${POSTGRES_MAJOR}.`,
    pt: `${folder} foi criada pelo PostgreSQL ${version}, e este Doca tem o ${POSTGRES_MAJOR}.`,
  }
  const advice =
    Number(version) > POSTGRES_MAJOR
      ? {
          en: 'It belongs to a newer Doca: update this one (its files, then `bun install`), or set DATA_DIR to another folder.',
          pt: 'Ela é de um Doca mais novo: atualize este (os arquivos, depois `bun install`), ou defina DATA_DIR como outra pasta.',
        }
      : {
          en: 'Make a backup with the Doca that made it (`bun run backup`), then restore it with this one into a new folder (`bun run restore FILE --into DIR`), and set DATA_DIR to that.',
          pt: 'Faça um backup com o Doca que a criou (`bun run backup`), restaure-o com este em uma pasta nova (`bun run restore FILE --into DIR`) e defina DATA_DIR como essa pasta.',
        }
  return joined([made, advice], ' ')
}

const notData = (folder: string, why: Translated) =>
  new AppError('internal', 'embedded_not_data', {
    en: `${folder} is not a PostgreSQL data folder: ${why.en}. Move it away, or set DATA_DIR to another folder.`,
    pt: `${folder} não é uma pasta de dados do PostgreSQL: ${why.pt}. Tire-a dali, ou defina DATA_DIR como outra pasta.`,
  })

/** initdb into a temporary folder, renamed when whole: whatever is killed meanwhile, `folder` is never half made. */
export async function initialise(
  paths: ServerPaths,
  server: Binaries,
  user: ServerUser,
  password: string,
): Promise<void> {
  const draft = `${paths.folder}.new-${randomBytes(4).toString('hex')}`
  await mkdir(draft, { mode: 0o700 })
  const data = join(draft, 'data')
  const passwordFile = join(draft, 'password')
  try {
    // initdb asks for one; afterwards the superuser has none.
    await writeFile(passwordFile, randomBytes(32).toString('base64url'), { mode: 0o600 })
    if (user.owner) for (const path of [draft, passwordFile]) await chown(path, user.owner.uid, user.owner.gid)
    // C alone would leave Ç and ç unrelated; the builtin provider knows Unicode, on every system alike.
    const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
    const access = ['-U', SUPERUSER, `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
    await run(paths, user, [server.initdb, '-D', data, ...access, ...locale, '--no-instructions'])
    await runStatements({ ...paths, folder: data }, server, user, firstStatements(password))
    await rename(data, paths.folder)
    syncFolder(paths.data_dir)
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
}

/** Runs statements as the superuser, when the server is not running; throws AppError with what the first that failed said. */
export async function runStatements(
  paths: ServerPaths,
  server: Binaries,
  user: ServerUser,
  statements: string[],
): Promise<void> {
  const command = [server.postgres, '--single', '-c', 'exit_on_error=on', '-D', paths.folder, DATABASE]
  // A line each; an error would otherwise pass for success.
  await run(paths, user, command, `${statements.join('\n')}\n`)
}

/** Makes the whole folder `owner`'s: it was root's, and root may no longer serve it. Itself last: its owner says whether this is done. */
export async function giveTo(owner: { uid: number; gid: number }, folder: string): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true })) await chown(join(folder, entry), owner.uid, owner.gid)
  await chown(folder, owner.uid, owner.gid)
}

/** Runs one of the server's commands to its end; stays in our process group, so that Ctrl-C ends it with us. */
async function run(paths: ServerPaths, user: ServerUser, command: string[], input = ''): Promise<void> {
  const child = spawnServer(user.wrap(command), {
    cwd: '/',
    env: serverEnv(),
    stdin: new TextEncoder().encode(input),
    stdout: 'ignore',
    stderr: 'pipe',
  })
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
  if (code === 0) return
  const killed = child.signalCode ? `${said}\n${basename(command[0]!)} was ended by ${child.signalCode}` : said
  throw startProblem(killed, { data_dir: paths.data_dir, log: paths.log })
}

/** Bun.spawn, where a binary that cannot run here becomes a sentence. */
export function spawnServer<
  In extends Bun.SpawnOptions.Writable,
  Out extends Bun.SpawnOptions.Readable,
  Err extends Bun.SpawnOptions.Readable,
>(command: string[], options: Bun.SpawnOptions.SpawnOptions<In, Out, Err>): Bun.Subprocess<In, Out, Err> {
  try {
    return Bun.spawn(command, options)
  } catch (cause) {
    throw noBinaries({ en: `${command[0]} does not run here`, pt: `${command[0]} não roda aqui` }, cause)
  }
}

/** Removes what a program that was killed during initdb left behind. Call it at every start. */
export async function removeHalfMade({ folder, data_dir }: ServerPaths): Promise<void> {
  for (const name of await readdir(data_dir))
    if (name.startsWith(`${basename(folder)}.new-`))
      await rm(join(data_dir, name), { recursive: true, force: true, maxRetries: 3, retryDelay: 20 }).catch((err) => {
        // An initdb that outlived its program still writes there, for a second; the next start will find it.
        if (err.code !== 'ENOTEMPTY') throw err
      })
}

/** A rename is only lasting once its folder is. */
function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r')
  fsyncSync(fd)
  closeSync(fd)
}
