export const USAGE = `Usage: bun run jobs                                     scheduler and worker
       bun run jobs list                                every job, when it runs next, how it went last
       bun run jobs trigger NAME [--conf JSON] [--wait] starts a run; --wait: exits 0 when it succeeded, 1 when not
       bun run jobs pause NAME, resume NAME             stops and restarts its schedule
       bun run jobs runs NAME [--limit N]               its newest runs
       bun run jobs show RUN [--lines N]                one run with its attempts and last log lines
With --json, JSON.`
