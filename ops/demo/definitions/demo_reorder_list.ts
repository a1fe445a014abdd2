/** Made by `bun run demo`; `bun run demo --remove` takes it away. After the sales of a day: what has to be ordered. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'demo_reorder_list',
  after: 'demo_daily_sales',
  overlap: 'allow',
  retries: 2,
  async run({ log, roles: { api, locale }, signal }) {
    const answer = await api.get('/embalagens/count?low_stock=true', { signal, as: 'service' })
    if (!answer.ok) throw new Error(`GET ${api.url}/embalagens/count: ${answer.status}`)
    const { items } = (await answer.json()) as { items: number }
    log.info(locale === 'en' ? `${items} items to order` : `${items} itens a comprar`)
    return { to_order: items }
  },
})
