/** The consumer groups of Doca's own consumers: the program that consumes and the one that watches agree here. */
export const EVENTS_GROUP = 'doca-events'

export const GROUPS = [EVENTS_GROUP]
