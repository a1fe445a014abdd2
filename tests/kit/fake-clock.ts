/**
 * A PostgreSQL of its own whose clock can be moved: libfaketime (Debian's package faketime) stands between that server and the
 * clock, and this machine's own clock stays as it is.
 */
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { startPostgres, type PrivatePostgres } from './private-postgres.ts'

const LIBRARIES = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)

/** Undefined where it is not installed. */
export const fakeTime = LIBRARIES.find(existsSync)

export interface FakeClock {
  /** `+2h`, `-30s`, `+0s`; the server's processes look once a second. */
  set(offset: string): void
}

/** `folder` holds its data, and what its clock says. */
export async function startPostgresWithClock(folder: string): Promise<PrivatePostgres & { clock: FakeClock }> {
  const file = join(folder, 'clock')
  const clock = { set: (offset: string) => writeFileSync(file, `${offset}\n`) }
  clock.set('+0s')
  const server = await startPostgres(folder, {
    LD_PRELOAD: fakeTime!,
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_CACHE_DURATION: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    DONT_FAKE_MONOTONIC: '1',
  })
  return { ...server, clock }
}
