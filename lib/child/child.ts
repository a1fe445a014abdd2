/**
 * Runs a Bun program as a child process that ends for certain: when it is killed, beyond its limits, and with its parent,
 * also when the parent dies by kill -9 while the child keeps its processor busy (--no-orphans).
 *
 * With `group` the child leads a process group, which ends as a whole. For when the parent dies, a shell beside the program
 * waits for the end of a pipe that only the parent holds open, and then kills the group (Linux and macOS). A process that
 * the program started in another group ends through --no-orphans. Only what such a process started in turn, in yet another
 * session, lives on.
 */
import { processorMs, residentBytes, residentBytesOfGroup, watchUsage } from './usage.ts'

type Spawn = Bun.Spawn.SpawnOptions<'pipe' | 'ignore', 'pipe' | 'ignore' | 'inherit', 'pipe' | 'ignore' | 'inherit'>

export interface ChildOptions<Received> extends Pick<Spawn, 'env' | 'stdio' | 'serialization' | 'onDisconnect'> {
  program: string
  args?: string[]
  /** stdin is then taken: it is the pipe that ends with the parent. */
  group?: boolean
  onMessage(message: Received): void
}

export interface ChildLimits {
  time_ms?: number
  /** Of the processor, by the program's own process, from now on: a busy machine uses up none of it. Only Linux tells it. */
  processor_ms?: number
  /** Resident; of the whole group, where there is one. */
  memory_bytes?: number
}

/** The limit for which a child was killed. */
export interface LimitReached {
  limit: 'time' | 'memory'
  /** ms or bytes. */
  used: number
}

/** Reads from 9 the pipe that ends with the parent. $$ is the program's process, and its group. */
const WITH_LIFELINE = 'exec 9<&0 </dev/null; (read _ <&9; kill -s KILL -- -$$) >/dev/null 2>&1 3>&- & exec "$@" 9<&-'

export class Child<Sent, Received> {
  readonly process: Bun.Subprocess<'pipe' | 'ignore', 'pipe' | 'ignore' | 'inherit', 'pipe' | 'ignore' | 'inherit'>
  /** Set before it is killed for it. */
  reached: LimitReached | undefined
  /** It was told to end; Bun's own `killed` says so only when it has ended. */
  killed = false
  readonly #group: boolean

  constructor({ program, args = [], group = false, onMessage, ...spawn }: ChildOptions<Received>) {
    const command = [process.execPath, '--no-orphans', '--no-env-file', program, ...args]
    this.#group = group
    this.process = Bun.spawn(group ? ['sh', '-c', WITH_LIFELINE, 'sh', ...command] : command, {
      ...spawn,
      detached: group,
      ipc: (message: Received) => onMessage(message),
    })
  }

  get pid(): number {
    return this.process.pid
  }

  send(message: Sent): void {
    try {
      this.process.send(message)
    } catch {
      // It has ended just now; its exit is reported by itself.
    }
  }

  /** From now on it is killed beyond any of `limits`; returns how to lift them. */
  limit({ time_ms = Infinity, processor_ms = Infinity, memory_bytes = Infinity }: ChildLimits): () => void {
    const reach = (limit: LimitReached['limit'], used: number) => {
      this.reached = { limit, used }
      this.kill()
    }
    const deadline = time_ms === Infinity ? undefined : setTimeout(reach, time_ms, 'time', time_ms)
    const before_ms = processor_ms === Infinity ? 0 : processorMs(this.pid)
    const unwatch = [
      watchUsage(
        () => this.residentBytes(),
        memory_bytes,
        (used) => reach('memory', used),
      ),
      watchUsage(
        () => processorMs(this.pid) - before_ms,
        processor_ms,
        (used) => reach('time', used),
      ),
    ]
    return () => {
      clearTimeout(deadline)
      unwatch.forEach((stop) => stop())
    }
  }

  residentBytes(): number {
    return this.#group ? residentBytesOfGroup(this.pid) : residentBytes(this.pid)
  }

  /** With its group, also what is left of that when the program itself has ended. */
  kill(): void {
    this.killed = true
    if (!this.#group) return this.process.kill('SIGKILL')
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch (thrown) {
      // All of it is gone.
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
    }
  }
}
