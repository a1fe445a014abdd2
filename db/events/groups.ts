/** The consumer groups of Doca's own consumers: the program that consumes and the one that watches agree here. */
import { EVENTS_TOPIC } from './event.ts'

export const EVENTS_GROUP = 'doca-events'

/** With what each reads, so that a group that was never there is missed. */
export const GROUPS = [{ group: EVENTS_GROUP, topics: [EVENTS_TOPIC] }]
