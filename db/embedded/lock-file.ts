/** A lock that the kernel releases when its holder dies: flock(2) on a file, whatever killed the process. */
import { dlopen, FFIType } from 'bun:ffi'
import { closeSync, openSync } from 'node:fs'
import { AppError } from '../../lib/errors.ts'

const LOCK_EX = 2
const LOCK_NB = 4

let libc: { flock(fd: number, operation: number): number } | undefined
function flock(fd: number, operation: number): number {
  libc ??= dlopen(process.platform === 'darwin' ? 'libSystem.B.dylib' : 'libc.so.6', {
    flock: { args: [FFIType.i32, FFIType.i32], returns: FFIType.i32 },
  }).symbols
  return libc.flock(fd, operation)
}

/** Waits for the lock, at most `wait_ms`; returns how to release it. */
export async function lockFile(path: string, wait_ms: number): Promise<() => void> {
  const fd = openSync(path, 'a', 0o600)
  const deadline = Date.now() + wait_ms
  while (flock(fd, LOCK_EX | LOCK_NB) !== 0) {
    if (Date.now() > deadline) {
      closeSync(fd)
      throw new AppError('lock_timeout', 500, `${path} has been locked by another program for ${wait_ms / 1000} s.`)
    }
    await Bun.sleep(10)
  }
  return () => closeSync(fd)
}
