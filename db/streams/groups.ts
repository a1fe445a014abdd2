/** Every group of ours with what it reads, so that one that was never there is missed. */
import { EVENTS_FAILED_GROUP, EVENTS_FAILED_TOPIC, EVENTS_GROUP, EVENTS_TOPIC } from '../events/event.ts'
import { PEOPLE_GROUP, PEOPLE_TOPIC } from '../people/config.ts'

export const GROUPS = [
  { group: EVENTS_GROUP, topics: [EVENTS_TOPIC] },
  { group: EVENTS_FAILED_GROUP, topics: [EVENTS_FAILED_TOPIC] },
  // A topic of another name is missed once it has been read.
  { group: PEOPLE_GROUP, topics: [PEOPLE_TOPIC] },
]
