/** The time that its producer gave a message, of `time` in milliseconds since 1970 as Kafka has it: any whole number of 64 bits. */
export function messageTime(time: number): Date {
  let time_ms = Math.max(0, time)
  // Other programs write micro- or nanoseconds. The same bytes always have the same time: letters and events are known again by it.
  while (time_ms > MAX_MS) time_ms = Math.floor(time_ms / 1000)
  return new Date(time_ms)
}

/** In the year 5138. */
const MAX_MS = 1e14
