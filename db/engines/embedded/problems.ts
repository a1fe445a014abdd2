/** Why the embedded server could not be made or started, in a sentence that says what to do. */
import { statSync } from 'node:fs'
import { AppError, messageOf } from '../../../lib/errors.ts'

export interface Attempt {
  data_dir: string
  /** The server's log, which says more. */
  log: string
  port?: number
}

/** Reads what initdb or the server said before it gave up. The order matters: a full disk and a shortage of shared memory sound alike. */
export function startProblem(said: string, attempt: Attempt): AppError {
  const { data_dir, log, port } = attempt
  const known: Array<[RegExp, string, string]> = [
    [/could not bind .*: Address already in use/, 'embedded_port_taken', portTaken(port)],
    [
      /could not bind .*: Permission denied/,
      'embedded_port_refused',
      `The system does not let the embedded PostgreSQL use port ${port}; set EMBEDDED_PORT to one above 1024, or unset it.`,
    ],
    [
      /loading shared libraries|Library not loaded/,
      'embedded_unavailable',
      `The embedded PostgreSQL lacks a library: ${reason(said)}. Run \`bun install --force\`, or set DATABASE_URL.`,
    ],
    [
      /shared memory|semaphore|shmget|semget/i,
      'embedded_shared_memory',
      `The system gives PostgreSQL no shared memory: ${reason(said)}. ` +
        'Raise its limits (kernel.shmmax, kernel.shmall, kernel.shmmni), or free some memory.',
    ],
    [/No space left on device|Disk quota exceeded/, 'disk_full', diskFull(data_dir)],
    [/Permission denied|Read-only file system|Operation not permitted/, 'folder_not_writable', notWritable(data_dir)],
    [
      /incompatible with server|invalid (data|magic number|checksum)|valid checkpoint record/,
      'embedded_damaged',
      `The data below ${data_dir}/postgres is damaged: ${reason(said)}. Restore a backup; ${log} says more.`,
    ],
  ]
  const [, code, detail] = known.find(([pattern]) => pattern.test(said)) ?? []
  const otherwise = `The embedded PostgreSQL did not start: ${reason(said)}. ${log} says more.`
  return new AppError('internal', code ?? 'embedded_start', detail ?? otherwise)
}

/** Turns the system's refusal of a file into a sentence; anything else is returned as it is. */
export function folderProblem(thrown: unknown, data_dir: string): unknown {
  if (thrown instanceof AppError) return thrown
  const full = () => ['disk_full', diskFull(data_dir)] as const
  const closed = () => ['folder_not_writable', notWritable(data_dir)] as const
  const file = () => ['folder_is_file', `${data_dir} is a file, or below one; set DATA_DIR to a folder.`] as const
  const mounted = () =>
    ['folder_is_mount', `${data_dir}/postgres is a mount point; mount ${data_dir} as a whole instead.`] as const
  const known: Record<string, () => readonly [code: string, detail: string]> = {
    ENOSPC: full,
    EDQUOT: full,
    EACCES: closed,
    EPERM: closed,
    EROFS: closed,
    ENOTDIR: file,
    EEXIST: file,
    EBUSY: mounted,
    EXDEV: mounted,
  }
  const found = known[(thrown as NodeJS.ErrnoException).code ?? '']?.()
  return found ? new AppError('internal', found[0], `${found[1]} (${messageOf(thrown)})`, { cause: thrown }) : thrown
}

const portTaken = (port: number | undefined) =>
  `Port ${port} is taken by another program; end that program, set EMBEDDED_PORT to a free port, ` +
  'or unset it to have one chosen.'

const diskFull = (data_dir: string) =>
  `The disk that holds ${data_dir} is full; free some space (a new database takes 50 MB), ` +
  'or set DATA_DIR to a folder on another disk.'

function notWritable(data_dir: string): string {
  const [owner, me] = [ownerOf(data_dir), process.getuid?.()]
  const whose = owner === undefined || me === undefined ? '' : ` (it belongs to user ${owner}, this is user ${me})`
  return `${data_dir} cannot be written to${whose}; run Doca as the user it belongs to, give it to this user, or set DATA_DIR to another folder.`
}

/** Undefined also for a folder that we may not even stat. */
function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid
  } catch {
    return undefined
  }
}

/** The last FATAL or error line and its detail, without time and process id. */
function reason(said: string): string {
  const lines = said.split('\n').filter((line) => line.trim())
  const last = lines.findLast((line) => /FATAL:|PANIC:|error:/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  return last.replace(/^.*?(FATAL|PANIC|error):\s*/, '').replace(/\.$/, '')
}
