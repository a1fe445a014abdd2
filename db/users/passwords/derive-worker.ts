/** A thread that does nothing but PBKDF2, behind everyone else: see derive.ts. */
import { pbkdf2Sync } from 'node:crypto'
import { setPriority } from 'node:os'
import type { Answer, Question } from './derive.ts'

declare const self: Worker

// Linux gives a priority to a thread, other systems to the whole process.
if (process.platform === 'linux')
  try {
    setPriority(0, 10)
  } catch {
    // Forbidden here: then it works like any other thread.
  }

self.onmessage = ({ data: { id, password, salt, rounds, bytes } }: MessageEvent<Question>) => {
  const key = new Uint8Array(pbkdf2Sync(password, salt, rounds, bytes, 'sha256'))
  postMessage({ id, key } satisfies Answer)
}
