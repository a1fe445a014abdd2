import { useSay } from '../../languages.ts'
import { TEXTS } from './texts.ts'

/** Why an attempt failed: in the page's language where its order was to fail, else as it was recorded. */
export function Why({ error }: { error: string }) {
  const say = useSay()
  const [, needs] = EXPECTED.exec(error) ?? []
  return <>{needs === undefined ? error : say(TEXTS.needs, { count: Number(needs) })}</>
}

/** The sentences of the consumer (consumers/orders.ts). */
const EXPECTED = /^(?:Attempt \d+ of the|Not done after \d+ attempts; it needs) (\d+)(?: that it needs)?\.$/
