export const USAGE = `Usage: bun run jobs                                     scheduler and worker
       bun run jobs list                                every job, when it runs next, how it went last
       bun run jobs next NAME [--count N] [--tz ZONE]   its next times, with what changes of the clock do to them
       bun run jobs trigger NAME [--conf JSON] [--wait] starts a run; --wait: exits 0 when it succeeded, 1 when not
       bun run jobs pause NAME, resume NAME             stops and restarts its schedule
       bun run jobs runs NAME [--limit N]               its newest runs
       bun run jobs show RUN [--lines N]                one run with its attempts and last log lines
       bun run jobs logs RUN [--follow]                 all that a run said; --follow: as it says it, until it ends
       bun run jobs retry RUN                           queues a failed or cancelled run again, as its next attempt
       bun run jobs cancel RUN                          ends a run, and waits until it has ended
       bun run jobs backfill NAME --from T --to T [--conf JSON] [--dry-run]
                                                        runs the slots of a range that have no run; T: 2026-01-31T02:00Z
       bun run jobs alert-test [CHANNEL…]               sends a test message to where alerts go, or to these channels
With --json, JSON.`
