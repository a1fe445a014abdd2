/** The alerts table as its readers see it; observe.ts moves what is in it. */

/** Told whenever an alert changes, a silence comes or goes, or something is in the outbox. */
export const ALERTS_CHANGED = 'alerts_changed'
