/** The facts of an object from its file, and the file system's errors as a reader's AppErrors. */
import type { BigIntStats } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError, sentenceOf } from '../../../../lib/errors.ts'
import type { ObjectInfo } from '../objects.ts'

/** A file being copied by hand is written to more often than this; network shares flush about once a second. */
const SETTLE_MS = 2_000

/** Describes the file behind `stat`, which is a regular one. */
export function objectInfo(key: string, stat: BigIntStats): ObjectInfo {
  return {
    key,
    size_bytes: Number(stat.size),
    // ctime cannot be set by anyone: it also changes when a file is overwritten by one of the same size and date (cp -p).
    version: [stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].map((n) => n.toString(36)).join('-'),
    modified_at: new Date(Number(stat.mtimeMs)),
    settled: isSettled(stat),
  }
}

/**
 * A write sets both times of a file to the same instant. Where they differ, something else came last and says that
 * the file is whole: the rename of our own put, or the date that cp -p, tar, rsync and file servers set at the end.
 */
function isSettled(stat: BigIntStats): boolean {
  return stat.mtimeNs !== stat.ctimeNs || Math.abs(Date.now() - Number(stat.ctimeMs)) > SETTLE_MS
}

/** The kind of the path of folders `names` below `folder`; only `real` may be read through. */
export async function realFolder(folder: string, names: string[]): Promise<'real' | 'missing' | 'link' | 'file'> {
  let path = folder
  for (const name of names) {
    path = join(path, name)
    const stat = await lstat(path).catch((err) => {
      if (isMissing(err)) return null
      throw diskError(err, path)
    })
    if (!stat) return 'missing'
    if (stat.isSymbolicLink()) return 'link'
    if (!stat.isDirectory()) return 'file'
  }
  return 'real'
}

export const errnoOf = (thrown: unknown): string => (thrown as NodeJS.ErrnoException | null)?.code ?? ''

/** No such file; also: a file where a folder is asked for, a link, or a name that this disk could never hold. */
export const isMissing = (thrown: unknown) =>
  ['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'ENXIO'].includes(errnoOf(thrown))

/** The AppError for a failed call on `path`. */
export function diskError(cause: unknown, path: string): AppError {
  if (cause instanceof AppError) return cause
  switch (errnoOf(cause)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new AppError(
        'no_space',
        'disk_full',
        {
          en: `The disk of ${path} is full. Free some space, or move DATA_DIR.`,
          pt: `O disco de ${path} está cheio. Libere espaço, ou mude DATA_DIR de lugar.`,
        },
        { cause },
      )
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new AppError(
        'internal',
        'disk_denied',
        {
          en: `${path} may not be read or written. Give this user access to DATA_DIR.`,
          pt: `${path} não pode ser lido ou gravado. Dê a este usuário acesso a DATA_DIR.`,
        },
        {
          cause,
        },
      )
    case 'ENAMETOOLONG':
      return new AppError(
        'invalid',
        'object_key_invalid',
        {
          en: `${path} is too long a name for this disk. Choose another.`,
          pt: `${path} é um nome longo demais para este disco. Escolha outro.`,
        },
        {
          cause,
        },
      )
    default: {
      const why = sentenceOf(cause)
      const detail = { en: `${path} cannot be used: ${why.en}.`, pt: `${path} não pode ser usado: ${why.pt}.` }
      return new AppError('internal', 'disk_failed', detail, { cause })
    }
  }
}
