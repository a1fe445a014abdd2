/** Made by `bun run demo`; `bun run demo --remove` takes it away. Every quarter of an hour: the warehouse's counts. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'demo_stock_sync',
  schedule: '*/15 * * * *',
  overlap: 'allow',
  retries: 2,
  backoff: { first_s: 1, max_s: 5 },
  async run({ slot, step, log, roles: { locale } }) {
    const quarter = Math.floor((slot ?? new Date()).getTime() / 900_000)
    const counted = await step(locale === 'en' ? 'read the scanner' : 'ler o coletor', async () => {
      await Bun.sleep(60 + ((quarter * 37) % 11) * 30)
      return 20 + ((quarter * 53) % 80)
    })
    log.info(locale === 'en' ? `${counted} shelves read` : `${counted} prateleiras lidas`)
    return { shelves: counted }
  },
})
