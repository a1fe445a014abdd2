/**
 * A lock that the kernel releases when its holder dies: flock(2) on a file, whatever killed the process.
 *
 * The lock belongs to the open file, not to the process: a child that inherits the descriptor holds it too. Bun opens
 * with O_CLOEXEC, so that happens only where a descriptor is handed over on purpose.
 */
import { dlopen, FFIType, read, type Pointer } from 'bun:ffi'
import { closeSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { AppError, sentenceOf } from '../../../lib/errors.ts'
import { joined } from '../../../lib/texts.ts'
import type { Log } from '../../../lib/log.ts'

export interface FileLock {
  /** A process that inherits this descriptor holds the lock as well, until it ends. */
  fd: number
  /** Closes the descriptor (once); the lock is free when every process that has it did so. */
  release(): void
}

/** A lock that is held longer than this deserves a line in the log, milliseconds. */
const REPORT_AFTER_MS = 5000

/** Waits for the lock, at most `wait_ms`; throws AppError that names the holder. */
export async function lockFile(
  path: string,
  wait_ms: number,
  { signal, log }: { signal?: AbortSignal | undefined; log?: Log | undefined } = {},
): Promise<FileLock> {
  const started = Date.now()
  let reported = false
  for (;;) {
    signal?.throwIfAborted()
    const lock = tryLockFile(path)
    if (lock) {
      ftruncateSync(lock.fd)
      writeSync(lock.fd, `${process.pid}\n`)
      return lock
    }
    const waited_ms = Date.now() - started
    if (waited_ms > wait_ms)
      throw new AppError('unavailable', 'lock_timeout', {
        en: `${path} has been locked by ${holderOf(path)} for ${Math.round(waited_ms / 1000)} s; look what that program does, or end it, and start again.`,
        pt: `${path} está bloqueado por ${holderOf(path)} há ${Math.round(waited_ms / 1000)} s; veja o que esse programa faz, ou encerre-o, e inicie de novo.`,
      })
    if (!reported && waited_ms > REPORT_AFTER_MS) {
      reported = true
      log?.info(`waiting for ${holderOf(path)}, which starts or stops the embedded PostgreSQL`)
    }
    await Bun.sleep(5 + Math.random() * 10)
  }
}

/** The lock, or undefined when another open file has it. */
export function tryLockFile(path: string): FileLock | undefined {
  const fd = openSync(path, 'a', 0o600)
  const errno = flock(fd, LOCK_EX | LOCK_NB)
  if (errno === 0) return heldLock(fd)
  closeSync(fd)
  if (errno === WOULD_BLOCK) return undefined
  throw new AppError('internal', 'lock_unsupported', {
    en: `${path} cannot be locked (error ${errno}): its file system has no locks; set DATA_DIR to a folder on a local disk, or set DATABASE_URL.`,
    pt: `${path} não pode ser bloqueado (erro ${errno}): o sistema de arquivos não tem travas; defina DATA_DIR como uma pasta em disco local, ou defina DATABASE_URL.`,
  })
}

function heldLock(fd: number): FileLock {
  let held = true
  return {
    fd,
    release() {
      if (held) closeSync(fd)
      held = false
    },
  }
}

function holderOf(path: string): string {
  const pid = readFileSync(path, 'utf8').trim()
  return pid ? `process ${pid}` : 'another program'
}

const LOCK_EX = 2
const LOCK_NB = 4
const DARWIN = process.platform === 'darwin'
const WOULD_BLOCK = DARWIN ? 35 : 11
/** glibc, then musl as Alpine names it. */
const LIBC = DARWIN
  ? ['libSystem.B.dylib']
  : ['libc.so.6', `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`]
const ERRNO = DARWIN ? '__error' : '__errno_location'

let calls: { flock(fd: number, operation: number): number; errno(): number } | undefined

/** 0, or the number of the error. */
function flock(fd: number, operation: number): number {
  calls ??= openLibc()
  return calls.flock(fd, operation) === 0 ? 0 : calls.errno()
}

function openLibc(): NonNullable<typeof calls> {
  const failures: unknown[] = []
  for (const name of LIBC)
    try {
      const { symbols } = dlopen(name, {
        flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
        [ERRNO]: { args: [], returns: FFIType.ptr },
      })
      const address = symbols[ERRNO] as () => Pointer
      return { flock: symbols.flock as (fd: number, operation: number) => number, errno: () => read.i32(address(), 0) }
    } catch (err) {
      failures.push(err)
    }
  const said = joined(failures.map(sentenceOf), '; ')
  throw new AppError('internal', 'embedded_unavailable', {
    en: `The C library cannot be opened (${said.en}); set DATABASE_URL.`,
    pt: `A biblioteca C não pode ser aberta (${said.pt}); defina DATABASE_URL.`,
  })
}
