/**
 * PostgreSQL refuses to run as root. Started by root, it runs in a user namespace, where root's files are its own under
 * another number; where the system permits no namespaces, as the user nobody, who is given the data folder. A data
 * folder that already belongs to somebody is served as that user. Anybody else runs it as themselves.
 */
import { stat } from 'node:fs/promises'
import { AppError } from '../../../lib/errors.ts'

export interface ServerUser {
  /** The command line that runs `command` as that user. */
  wrap(command: string[]): string[]
  /** The data folder must belong to it; undefined: to the user who makes it. */
  owner: { uid: number; gid: number } | undefined
}

/** That user may enter the data and run the server. 127 says that the server lacks a library, which no user changes. */
const REACHES = 'cd "$1" && { "$0" --version || [ $? = 127 ]; }'

/** nobody, on every Linux. */
const NOBODY = { uid: 65_534, gid: 65_534 }

/** The user that runs the server of `folder` (which need not exist yet) below `data_dir`. Throws AppError when root has no way. */
export async function serverUser(data_dir: string, folder: string, postgres: string): Promise<ServerUser> {
  if (process.getuid?.() !== 0) return { wrap: (command) => command, owner: undefined }
  const refusals: string[] = []
  for (const way of await waysFor(folder)) {
    const refusal = await tryOut(way.wrap(['sh', '-c', REACHES, postgres, data_dir]))
    if (refusal === undefined) return way
    refusals.push(refusal)
  }
  const said = [...new Set(refusals)].join('; ')
  throw new AppError('internal', 'embedded_root', {
    en: `PostgreSQL does not run as root, and this system permits neither a user namespace (unshare) nor another user (setpriv): ${said}. Run Doca as an ordinary user, or set DATABASE_URL.`,
    pt: `O PostgreSQL não roda como root, e este sistema não permite nem um user namespace (unshare) nem outro usuário (setpriv): “${said}”. Rode o Doca como um usuário comum, ou defina DATABASE_URL.`,
  })
}

async function waysFor(folder: string): Promise<ServerUser[]> {
  const existing = await stat(folder).catch(ignoreMissing)
  if (existing && existing.uid !== 0) return asUser(existing)
  const namespace = ['unshare', '--user', `--map-user=${NOBODY.uid}`, `--map-group=${NOBODY.gid}`]
  return [{ wrap: (command) => [...namespace, ...command], owner: undefined }, ...asUser(NOBODY)]
}

/** First as plainly as can be; then with the right to pass folders closed to that user, such as /root above the data. */
function asUser({ uid, gid }: { uid: number; gid: number }): ServerUser[] {
  const plain = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
  const passing = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override']
  const way = (prefix: string[]) => ({ wrap: (command: string[]) => [...prefix, ...command], owner: { uid, gid } })
  return [way(plain), way([...plain, ...passing])]
}

/** Undefined when the command runs, else why not. */
async function tryOut(command: string[]): Promise<string | undefined> {
  if (!Bun.which(command[0]!)) return `there is no ${command[0]}`
  const child = Bun.spawn(command, { cwd: '/', stdin: 'ignore', stdout: 'ignore', stderr: 'pipe', timeout: 10_000 })
  const [said, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
  return code === 0 ? undefined : said.trim().split('\n')[0] || `${command[0]} ended with ${child.signalCode ?? code}`
}

function ignoreMissing(thrown: NodeJS.ErrnoException): undefined {
  if (thrown.code !== 'ENOENT') throw thrown
}
