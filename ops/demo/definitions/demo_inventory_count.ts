/** Made by `bun run demo`; `bun run demo --remove` takes it away. Goes on for a quarter of an hour, to be watched. */
import { job } from '../../../jobs/job.ts'

const SHELVES = 450
const SHELF_MS = 2000

export default job({
  name: 'demo_inventory_count',
  schedule: '0 22 * * SAT',
  timezone: 'America/Sao_Paulo',
  overlap: 'queue',
  pool: 'warehouse',
  async run({ log, roles: { locale }, signal }) {
    for (let shelf = 1; shelf <= SHELVES; shelf++) {
      const pieces = 40 + ((shelf * 131) % 700)
      if (shelf % 25 === 0)
        log.warn(
          locale === 'en' ? `Shelf ${shelf}: the label cannot be read` : `Prateleira ${shelf}: etiqueta ilegível`,
        )
      else
        log.info(
          locale === 'en'
            ? `Shelf ${shelf} of ${SHELVES}: ${pieces} pieces`
            : `Prateleira ${shelf} de ${SHELVES}: ${pieces} peças`,
        )
      await Bun.sleep(SHELF_MS)
      signal.throwIfAborted()
    }
    return { shelves: SHELVES }
  },
})
