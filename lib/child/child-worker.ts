/**
 * A child that takes one order after another and answers each (answer-orders.ts). It is meant for files of strangers: unless
 * it is given an environment it gets no secrets, and each order has limits, beyond which the process is killed.
 */
import { Child, type ChildLimits, type LimitReached } from './child.ts'

/** The child's message for an order. */
export type Reply<Answer> = { answer: Answer } | { failed: string }

/** The process ended, or the code in it failed, before there was an answer. */
export class ChildFailed extends Error {
  override name = 'ChildFailed'

  constructor(
    message: string,
    /** That ended it: SIGKILL, say. */
    readonly signal?: string,
    /** The limit of the order for which it was killed. */
    readonly reached?: LimitReached,
  ) {
    super(message)
  }
}

export class ChildWorker<Order, Answer> {
  readonly #child: Child<Order, Reply<Answer>>
  /** Of the order that is being worked on. */
  #reply: PromiseWithResolvers<Reply<Answer>> | undefined
  /** The error of every order once the process has ended. */
  #ended: ChildFailed | undefined

  /** `input` is what the program reads from its stdin. */
  constructor(
    program: string,
    input?: Uint8Array,
    env: Bun.Spawn.SpawnOptions<'pipe', 'pipe', 'pipe'>['env'] = noSecrets(),
  ) {
    this.#child = new Child({
      program,
      env,
      stdio: [input ? 'pipe' : 'ignore', 'ignore', 'inherit'],
      serialization: 'advanced',
      onMessage: (reply) => this.#reply?.resolve(reply),
    })
    if (input) void writeInput(this.#child.process.stdin as Bun.FileSink, input)
    this.#child.process.unref()
    void this.#child.process.exited.then((code) => this.#onExit(code))
  }

  get pid(): number {
    return this.#child.pid
  }

  residentBytes(): number {
    return this.#child.residentBytes()
  }

  /** False once it has ended or is about to. */
  usable(): boolean {
    return this.#ended === undefined && !this.#child.killed
  }

  /** One order at a time. Throws ChildFailed or the signal's reason; it may be usable after a failure of its code. */
  async ask(order: Order, limits: ChildLimits, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted()
    if (!this.usable()) throw this.#ended ?? new ChildFailed('the process is about to end')
    const child = this.#child
    const reply = Promise.withResolvers<Reply<Answer>>()
    const onAbort = () => {
      reply.reject(signal!.reason)
      child.kill()
    }
    this.#reply = reply
    child.process.ref()
    signal?.addEventListener('abort', onAbort, { once: true })
    const lift = child.limit(limits)
    try {
      child.send(order)
      const said = await reply.promise
      if ('answer' in said) return said.answer
      throw new ChildFailed(said.failed)
    } finally {
      lift()
      signal?.removeEventListener('abort', onAbort)
      this.#reply = undefined
      child.process.unref()
    }
  }

  end(): void {
    this.#child.kill()
  }

  #onExit(code: number): void {
    const { reached, process } = this.#child
    const signal = process.signalCode === null ? undefined : String(process.signalCode)
    const how = reached ? `was killed at its limit of ${reached.limit}` : `ended with ${signal ?? `code ${code}`}`
    this.#ended = new ChildFailed(`the process ${how}`, signal, reached)
    this.#reply?.reject(this.#ended)
  }
}

/** Nothing that a file could make it reveal. */
export const noSecrets = () => ({ PATH: process.env.PATH ?? '', NODE_ENV: process.env.NODE_ENV ?? '', TZ: 'UTC' })

/** By pieces: as part of an order, or at once, 25 MB would keep this process busy for 150 ms. */
const PIECE_BYTES = 64 * 1024

async function writeInput(stdin: Bun.FileSink, input: Uint8Array): Promise<void> {
  try {
    for (let at = 0; at < input.length; at += PIECE_BYTES) {
      stdin.write(input.subarray(at, at + PIECE_BYTES))
      await stdin.flush()
    }
    await stdin.end()
  } catch {
    // It has ended meanwhile; its exit is reported by itself.
  }
}
