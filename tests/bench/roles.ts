/**
 * Every role on embedded PostgreSQL and on its engine, where that is up (`bun run engines up`), each beside the bare
 * client library doing the same against the same server in the same run: `bun run bench roles`, or one of them,
 * `bun run bench roles/stream`. Nothing else should run.
 */
import type { Figure } from './main.ts'
import { cacheFigures } from './roles/cache.ts'
import { andThen, openGround, type Ground } from './roles/engines.ts'
import { historyFigures } from './roles/history.ts'
import { idleFigures } from './roles/idle.ts'
import { journalFigures } from './roles/journal.ts'
import { objectsFigures } from './roles/objects.ts'
import { queueFigures } from './roles/queue.ts'
import { streamFigures } from './roles/stream.ts'

const ROLES: Record<string, (ground: Ground) => Promise<Figure[]>> = {
  stream: streamFigures,
  queue: queueFigures,
  history: historyFigures,
  cache: cacheFigures,
  journal: journalFigures,
  objects: objectsFigures,
  idle: idleFigures,
}

export const parts = Object.keys(ROLES)

export async function bench(part?: string): Promise<Figure[]> {
  const ground = await openGround()
  return andThen(async () => {
    const found: Figure[] = []
    for (const [name, figures] of Object.entries(ROLES))
      if (part === undefined || name === part) found.push(...(await figures(ground)))
    return found
  }, ground.close)
}
