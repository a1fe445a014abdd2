/** Asks every second until the answer is truthy; throws with `what`, and what `hint` says, after `wait_ms`. */
export async function eventually<T>(
  what: string,
  wait_ms: number,
  ask: () => Promise<T>,
  hint: () => Promise<string> = async () => '',
): Promise<Exclude<T, false | null | undefined>> {
  const deadline = Date.now() + wait_ms
  for (;;) {
    const answer = await ask()
    if (answer) return answer as Exclude<T, false | null | undefined>
    if (Date.now() > deadline) throw new Error(`waited ${wait_ms / 1000} s in vain for ${what}\n${await hint()}`)
    await Bun.sleep(1000)
  }
}
