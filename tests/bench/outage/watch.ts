/** What a process costs, and what /health says, while an engine is away. */
import { readFile } from 'node:fs/promises'

export interface Watched {
  name: string
  pid: number
}

/** Resolves with processor time used so far, seconds; throws when the process has ended. */
async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / 100
}

async function residentMib(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
}

/** Starts to count; the answer tells processor and memory of each since then, e.g. `api 1.2 % 140 MiB`. */
export async function watchCost(processes: Watched[]): Promise<() => Promise<string>> {
  const begun_at = performance.now()
  const before = await Promise.all(processes.map(({ pid }) => cpuSeconds(pid)))
  return async () => {
    const seconds = (performance.now() - begun_at) / 1000
    const costs = processes.map(async ({ name, pid }, i) => {
      const percent = (((await cpuSeconds(pid)) - before[i]!) / seconds) * 100
      return `${name} ${percent.toFixed(1)} % ${(await residentMib(pid)).toFixed(0)} MiB`
    })
    return (await Promise.all(costs)).join(', ')
  }
}

/** Seconds until /health names `role` as down, or null when it did not within `wait_s`. */
export async function untilDegraded(api: string, role: string, wait_s: number): Promise<number | null> {
  const begun_at = performance.now()
  for (;;) {
    const seconds = (performance.now() - begun_at) / 1000
    if (seconds > wait_s) return null
    const answer = await fetch(`${api}/health`, { signal: AbortSignal.timeout(10_000) })
      .then((got) => got.json() as Promise<Record<string, { status?: string }>>)
      .catch(() => null)
    if (answer?.[role]?.status === 'down') return Math.round(((performance.now() - begun_at) / 1000) * 10) / 10
    await Bun.sleep(200)
  }
}
