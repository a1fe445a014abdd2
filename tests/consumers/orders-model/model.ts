/**
 * What must become of orders, without a line of the product's code: the rows, the copies of messages in the queue, and how far each
 * message has come. tests/consumers/orders-model/contract.ts compares it with the real thing.
 */
export type System = 'a' | 'b'

export interface Row {
  message_id: string
  system: System
  checked: boolean
  /** The attempt on which it succeeds. */
  needs: number
  sent: boolean
}

/** A copy of a message in the queue. */
interface Copy {
  message_id: string
  needs: number
  replay: number
  /** Attempts that it has had. */
  made: number
  delayed: boolean
}

interface Message {
  replay: number
  attempt: number
  state: 'retrying' | 'output' | 'dead' | 'purged'
  /** Every attempt, as `replay/attempt outcome`. */
  journal: string[]
}

export class OrdersModel {
  readonly rows: Row[] = []
  readonly messages = new Map<string, Message>()
  /** How often each attempt may have been made, as `message_id replay/attempt`. */
  readonly most = new Map<string, number>()
  /** Attempts that copies may have made at once: whose document stays is open. */
  readonly at_once = new Set<string>()
  #copies: Copy[] = []

  constructor(readonly max_attempts: number) {}

  send(system: System, { marks }: { marks: boolean }): void {
    for (const row of this.rows.filter((one) => one.system === system && !one.sent)) {
      this.#publish(row)
      row.sent = marks
    }
  }

  duplicate({ message_id, needs }: Row): void {
    this.#publish({ message_id, needs })
  }

  /** False when the message does not wait for an attempt. */
  retryNow({ message_id, needs }: Row): boolean {
    const message = this.messages.get(message_id)
    if (message?.state !== 'retrying') return false
    this.#publish({ message_id, needs, replay: message.replay, made: message.attempt })
    return true
  }

  /** The delay of every copy that waits is over. */
  pass(): void {
    for (const copy of this.#copies) copy.delayed = false
  }

  /** Consumers take what is ready, in whatever order, until nothing is; they make an attempt again only when one of them has died. */
  consume({ died }: { died: boolean }): void {
    const begun = new Set<string>()
    // The furthest first: in any other order the stale ones go the same way, or wait and go then.
    const ready = this.#copies.filter(({ delayed }) => !delayed)
    for (const copy of ready.toSorted((a, b) => b.replay - a.replay || b.made - a.made)) {
      const making = `${copy.message_id} ${copy.replay}/${copy.made + 1}`
      if (this.#take(copy)) {
        this.most.set(making, died ? Infinity : 1)
        begun.add(making)
      }
      // Copies at once may both begin before either has ended.
      else if (begun.has(making)) {
        this.most.set(making, this.most.get(making)! + 1)
        this.at_once.add(making)
      }
    }
  }

  /** True where it makes an attempt. */
  #take(copy: Copy): boolean {
    this.#copies.splice(this.#copies.indexOf(copy), 1)
    const { message_id, replay, needs } = copy
    const known = this.messages.get(message_id)
    const attempt = copy.made + 1
    if (known && known.replay >= replay) {
      if (known.replay > replay || known.state !== 'retrying' || known.attempt > attempt) return false
      // Level with the message: it waits as the message does.
      if (known.attempt === attempt) {
        this.#copies.push({ ...copy, made: attempt, delayed: true })
        return false
      }
    }
    const state = attempt >= needs ? 'output' : attempt < this.max_attempts ? 'retrying' : 'dead'
    const outcome = { output: 'succeeded', retrying: 'failed', dead: 'dead' }[state]
    const journal = [...(known?.journal ?? []), `${replay}/${attempt} ${outcome}`]
    this.messages.set(message_id, { replay, attempt, state, journal })
    if (state === 'retrying') this.#copies.push({ ...copy, made: attempt, delayed: true })
    return true
  }

  #publish(copy: Pick<Copy, 'message_id' | 'needs'> & Partial<Copy>): void {
    this.#copies.push({ replay: 0, made: 0, delayed: false, ...copy })
  }
}
