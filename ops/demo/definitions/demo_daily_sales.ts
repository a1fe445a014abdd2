/** Made by `bun run demo`; `bun run demo --remove` takes it away. Every morning: adds up what the shops sold. */
import { Type } from '@sinclair/typebox'
import { job } from '../../../jobs/job.ts'

const SHOPS = ['São Paulo', 'Recife', 'Curitiba']

export default job({
  name: 'demo_daily_sales',
  schedule: '0 6 * * *',
  timezone: 'America/Sao_Paulo',
  overlap: 'allow',
  conf: Type.Object({
    missing_shop: Type.Optional(
      Type.Union(
        SHOPS.map((shop) => Type.Literal(shop)),
        { description: 'This one sends no file, so that the run fails.' },
      ),
    ),
  }),
  async run({ slot, conf, step, log, roles: { locale } }) {
    const day = (slot ?? new Date()).toISOString().slice(0, 10)
    const sales = await step.map('read a shop', SHOPS, async (shop, context) => {
      await Bun.sleep(40 + (Number.parseInt(context.idempotency_key.slice(0, 4), 16) % 160))
      if (shop === conf.missing_shop)
        throw new Error(
          locale === 'en'
            ? `The shop in ${shop} has sent no sales file for ${day}.`
            : `A loja de ${shop} não enviou o arquivo de vendas de ${day}.`,
        )
      const sold = 800 + (Number.parseInt(context.idempotency_key.slice(-4), 16) % 900)
      log.info(locale === 'en' ? `${shop}: ${sold} pieces sold` : `${shop}: ${sold} peças vendidas`, { shop, sold })
      return sold
    })
    return { day, shops: SHOPS.length, sold: sales.reduce((sum, sold) => sum + sold, 0) }
  },
})
