/** Every group of ours with what it reads, so that one that was never there is missed, and what that is to people. */
import type { SourceName } from '../dead-letters/sources.ts'
import { EVENTS_FAILED_GROUP, EVENTS_FAILED_TOPIC, EVENTS_GROUP, EVENTS_TOPIC } from '../events/event.ts'
import type { InputKind } from '../monitoring/probe.ts'
import { PEOPLE_GROUP, PEOPLE_TOPIC } from '../people/config.ts'

interface ReaderGroup {
  group: string
  topics: string[]
  input: InputKind
  /** Of the storms that pause it. */
  source?: SourceName
}

export const GROUPS: readonly ReaderGroup[] = [
  { group: EVENTS_GROUP, topics: [EVENTS_TOPIC], input: 'events', source: 'events' },
  { group: EVENTS_FAILED_GROUP, topics: [EVENTS_FAILED_TOPIC], input: 'events' },
  // A topic of another name is missed once it has been read.
  { group: PEOPLE_GROUP, topics: [PEOPLE_TOPIC], input: 'people', source: 'people' },
]
