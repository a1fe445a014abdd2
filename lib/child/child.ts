/**
 * A program of ours in a process of its own, which really ends: when it is killed, beyond its limits, and with its parent,
 * also when that dies by kill -9 and while the child keeps its processor busy (--no-orphans).
 *
 * With `group` it leads a process group, which ends as a whole. How, when the parent dies: beside the program a shell
 * waits for the end of a pipe that only the parent holds open, and then kills the group (Linux and macOS). What the
 * program started in a group of its own is ended through --no-orphans, as long as the program itself started it. Only
 * what such a process started in turn, in yet another session, lives on.
 */
import { residentBytes, residentBytesOfGroup, watchMemory } from './memory.ts'

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
  /** Resident; of the whole group, where there is one. */
  memory_bytes?: number
}

/** Why a child was killed. */
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
      // It has ended just now; whoever waits for its end hears of that.
    }
  }

  /** From now on it is killed beyond any of `limits`; returns how to lift them. */
  limit({ time_ms = Infinity, memory_bytes = Infinity }: ChildLimits): () => void {
    const reach = (limit: LimitReached['limit'], used: number) => {
      this.reached = { limit, used }
      this.kill()
    }
    const deadline = time_ms === Infinity ? undefined : setTimeout(reach, time_ms, 'time', time_ms)
    const unwatch = watchMemory(
      () => this.residentBytes(),
      memory_bytes,
      (used) => reach('memory', used),
    )
    return () => {
      clearTimeout(deadline)
      unwatch()
    }
  }

  residentBytes(): number {
    return this.#group ? residentBytesOfGroup(this.pid) : residentBytes(this.pid)
  }

  /** With its group, also what is left of that when the program itself has ended. */
  kill(): void {
    if (!this.#group) return this.process.kill('SIGKILL')
    try {
      process.kill(-this.pid, 'SIGKILL')
    } catch (thrown) {
      // All of it is gone.
      if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown
    }
  }
}
