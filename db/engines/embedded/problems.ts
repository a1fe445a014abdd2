/** Why the embedded server could not be made or started, in a sentence that says what to do. */
import { statSync } from 'node:fs'
import { AppError, messageOf } from '../../../lib/errors.ts'
import type { Translated } from '../../../lib/texts.ts'

export interface Attempt {
  data_dir: string
  /** The server's log, which says more. */
  log: string
  port?: number
}

/** Reads what initdb or the server said before it gave up. The order matters: a full disk and a shortage of shared memory sound alike. */
export function startProblem(said: string, attempt: Attempt): AppError {
  const { data_dir, log, port } = attempt
  const why = reason(said)
  const known: Array<[RegExp, string, Translated]> = [
    [/could not bind .*: Address already in use/, 'embedded_port_taken', portTaken(port)],
    [
      /could not bind .*: Permission denied/,
      'embedded_port_refused',
      {
        en: `The system does not let the embedded PostgreSQL use port ${port}; set EMBEDDED_PORT to one above 1024, or unset it.`,
        pt: `O sistema não deixa o PostgreSQL embutido usar a porta ${port}; defina EMBEDDED_PORT acima de 1024, ou retire-a.`,
      },
    ],
    [
      /loading shared libraries|Library not loaded/,
      'embedded_unavailable',
      {
        en: `The embedded PostgreSQL lacks a library: ${why}. Run \`bun install --force\`, or set DATABASE_URL.`,
        pt: `Falta uma biblioteca ao PostgreSQL embutido: “${why}”. Rode \`bun install --force\`, ou defina DATABASE_URL.`,
      },
    ],
    [
      /shared memory|semaphore|shmget|semget/i,
      'embedded_shared_memory',
      {
        en: `The system gives PostgreSQL no shared memory: ${why}. Raise its limits (kernel.shmmax, kernel.shmall, kernel.shmmni), or free some memory.`,
        pt: `O sistema não dá memória compartilhada ao PostgreSQL: “${why}”. Aumente os limites (kernel.shmmax, kernel.shmall, kernel.shmmni), ou libere memória.`,
      },
    ],
    [/No space left on device|Disk quota exceeded/, 'disk_full', diskFull(data_dir)],
    [/Permission denied|Read-only file system|Operation not permitted/, 'folder_not_writable', notWritable(data_dir)],
    [
      /incompatible with server|invalid (data|magic number|checksum)|valid checkpoint record/,
      'embedded_damaged',
      {
        en: `The data below ${data_dir}/postgres is damaged: ${why}. Restore a backup; ${log} says more.`,
        pt: `Os dados em ${data_dir}/postgres estão danificados: “${why}”. Restaure um backup; ${log} diz mais.`,
      },
    ],
  ]
  const [, code, detail] = known.find(([pattern]) => pattern.test(said)) ?? []
  const otherwise = {
    en: `The embedded PostgreSQL did not start: ${why}. ${log} says more.`,
    pt: `O PostgreSQL embutido não iniciou: “${why}”. ${log} diz mais.`,
  }
  return new AppError('internal', code ?? 'embedded_start', detail ?? otherwise)
}

/** Turns the system's refusal of a file into a sentence; anything else is returned as it is. */
export function folderProblem(thrown: unknown, data_dir: string): unknown {
  if (thrown instanceof AppError) return thrown
  const full = () => ['disk_full', diskFull(data_dir)] as const
  const closed = () => ['folder_not_writable', notWritable(data_dir)] as const
  const file = () =>
    [
      'folder_is_file',
      {
        en: `${data_dir} is a file, or below one; set DATA_DIR to a folder.`,
        pt: `${data_dir} é um arquivo, ou está abaixo de um; defina DATA_DIR como uma pasta.`,
      },
    ] as const
  const mounted = () =>
    [
      'folder_is_mount',
      {
        en: `${data_dir}/postgres is a mount point; mount ${data_dir} as a whole instead.`,
        pt: `${data_dir}/postgres é um ponto de montagem; em vez disso, monte ${data_dir} por inteiro.`,
      },
    ] as const
  const known: Record<string, () => readonly [code: string, detail: Translated]> = {
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
  if (!found) return thrown
  const [code, detail] = found
  const said = messageOf(thrown)
  return new AppError(
    'internal',
    code,
    { en: `${detail.en} (${said})`, pt: `${detail.pt} (“${said}”)` },
    { cause: thrown },
  )
}

const portTaken = (port: number | undefined): Translated => ({
  en: `Port ${port} is taken by another program; end that program, set EMBEDDED_PORT to a free port, or unset it to have one chosen.`,
  pt: `A porta ${port} está ocupada por outro programa; encerre-o, defina EMBEDDED_PORT com uma porta livre, ou retire-a para que uma seja escolhida.`,
})

const diskFull = (data_dir: string): Translated => ({
  en: `The disk that holds ${data_dir} is full; free some space (a new database takes 50 MB), or set DATA_DIR to a folder on another disk.`,
  pt: `O disco de ${data_dir} está cheio; libere espaço (um banco novo ocupa 50 MB), ou defina DATA_DIR como uma pasta em outro disco.`,
})

function notWritable(data_dir: string): Translated {
  const [owner, me] = [ownerOf(data_dir), process.getuid?.()]
  const whose =
    owner === undefined || me === undefined
      ? { en: '', pt: '' }
      : {
          en: ` (it belongs to user ${owner}, this is user ${me})`,
          pt: ` (ela pertence ao usuário ${owner}, este é o usuário ${me})`,
        }
  return {
    en: `${data_dir} cannot be written to${whose.en}; run Doca as the user it belongs to, give it to this user, or set DATA_DIR to another folder.`,
    pt: `Não é possível gravar em ${data_dir}${whose.pt}; rode o Doca como o usuário a quem ela pertence, dê-a a este usuário, ou defina DATA_DIR como outra pasta.`,
  }
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
