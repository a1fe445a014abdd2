/**
 * What must become of orders, without a line of the product's code: rows, copies of messages in the queue, how far each message has
 * come, dead letters and replays. tests/consumers/orders-model/contract.ts compares it with the real thing.
 */
export type System = 'a' | 'b'
/** The attempt on which it succeeds is `needs`. */
export type Row = { message_id: string; system: System; checked: boolean; needs: number; sent: boolean }
/** In the queue; `made`: attempts that it has had. */
type Copy = { message_id: string; needs: number; replay: number; made: number; delayed: boolean }
/** `journal`: every attempt, as `replay/attempt outcome`. */
type Message = { replay: number; attempt: number; state: MessageState; journal: string[]; needs: number }
type MessageState = 'retrying' | 'output' | 'dead' | 'purged' | 'replayed'
type Letter = { message_id: string; replay: number; needs: number; state: LetterState; original?: Letter }
type LetterState = 'dead' | 'purged' | 'replaced' | 'replayed'
export type Turn = 'pending' | 'sending' | 'sent' | 'succeeded' | 'died_again' | 'gone' | 'undone'
type Replay = Array<{ letter: Letter; turn: Turn }>

export class OrdersModel {
  readonly rows: Row[] = []
  readonly messages = new Map<string, Message>()
  readonly replays: Replay[] = []
  /** How often each attempt may have been made, as `message_id replay/attempt`. */
  readonly most = new Map<string, number>()
  /** Attempts that copies may have made at once: whose document stays is open. */
  readonly at_once = new Set<string>()
  #copies: Copy[] = []
  #letters: Letter[] = []

  constructor(readonly max_attempts: number) {}

  send(system: System, { marks }: { marks: boolean }): void {
    for (const row of this.rows.filter((one) => one.system === system && !one.sent)) {
      this.#publish(row, 0, 0)
      row.sent = marks
    }
  }

  duplicate = (row: Row): void => this.#publish(row, 0, 0)

  /** False, as from all that may be refused, when the message does not wait for an attempt. */
  retryNow({ message_id }: Row): boolean {
    const message = this.messages.get(message_id)
    if (message?.state !== 'retrying') return false
    this.#publish({ message_id, needs: message.needs }, message.replay, message.attempt)
    return true
  }

  /** The delay of every copy that waits is over. */
  pass(): void {
    for (const copy of this.#copies) copy.delayed = false
  }

  purge = (row: Row): boolean => this.#move(row, 'dead', 'purged')
  restore = (row: Row): boolean => this.#move(row, 'purged', 'dead')

  edit(row: Row, needs: number): boolean {
    const letter = this.#letter(row, 'dead')
    if (!letter || letter.needs === needs) return false
    letter.state = 'replaced'
    this.#letters.push({ ...letter, needs, state: 'dead', original: letter })
    return true
  }

  undoEdit(row: Row): boolean {
    const letter = this.#letter(row, 'dead')
    if (!letter?.original) return false
    letter.state = 'replaced'
    letter.original.state = 'dead'
    return true
  }

  /** Of one message's dead letter, or of all. */
  startReplay(row: Row | undefined): void {
    const open = this.replays.flat().flatMap(({ letter, turn }) => (/pending|sending|sent/.test(turn) ? [letter] : []))
    const chosen = this.#letters.filter(
      (letter) => letter.state === 'dead' && !open.includes(letter) && (!row || letter.message_id === row.message_id),
    )
    this.replays.push(chosen.map((letter) => ({ letter, turn: 'pending' })))
  }

  /** What is pending is sent; whoever sends may die once all is claimed, or once the queue has it. */
  drive(dies?: 'claimed' | 'published'): void {
    for (const one of this.replays.flat().filter(({ turn }) => turn === 'pending')) {
      one.turn = one.letter.state === 'dead' ? 'sending' : 'gone'
      if (one.turn === 'sending') this.#move(one.letter, 'dead', 'replayed')
    }
    for (const one of this.replays.flat().filter(({ turn }) => turn === 'sending' && dies !== 'claimed')) {
      this.#publish(one.letter, one.letter.replay + 1, 0)
      if (!dies) one.turn = 'sent'
    }
  }

  cancel(replay: Replay | undefined): void {
    for (const one of replay ?? []) if (one.turn === 'pending') one.turn = 'undone'
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
    for (const one of this.replays.flat().filter(({ turn }) => turn === 'sent')) {
      const { state, replay } = this.messages.get(one.letter.message_id)!
      if (replay === one.letter.replay + 1 && /output|dead/.test(state))
        one.turn = state === 'output' ? 'succeeded' : 'died_again'
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
      if (known.attempt === attempt) this.#copies.push({ ...copy, made: attempt, delayed: true })
      if (known.attempt === attempt) return false
    }
    const state = attempt >= needs ? 'output' : attempt < this.max_attempts ? 'retrying' : 'dead'
    const outcome = { output: 'succeeded', retrying: 'failed', dead: 'dead' }[state]
    const journal = [...(known?.journal ?? []), `${replay}/${attempt} ${outcome}`]
    this.messages.set(message_id, { replay, attempt, state, journal, needs })
    if (state === 'retrying') this.#copies.push({ ...copy, made: attempt, delayed: true })
    if (state === 'dead') this.#letters.push({ message_id, replay, needs, state })
    return true
  }

  #publish({ message_id, needs }: Pick<Copy, 'message_id' | 'needs'>, replay: number, made: number): void {
    this.#copies.push({ message_id, needs, replay, made, delayed: false })
  }

  #letter = ({ message_id }: Pick<Row, 'message_id'>, state: LetterState) =>
    this.#letters.find((letter) => letter.message_id === message_id && letter.state === state)

  #move(of: Pick<Row, 'message_id'>, from: LetterState, to: 'dead' | 'purged' | 'replayed'): boolean {
    const letter = this.#letter(of, from)
    if (!letter) return false
    letter.state = to
    this.messages.get(of.message_id)!.state = to
    return true
  }
}
