/** Made by `bun run demo`; `bun run demo --remove` takes it away. Every hour: a price list that cannot be had. */
import { job } from '../../../jobs/job.ts'

/** Nothing listens there. */
const PRICE_LIST = 'http://127.0.0.1:9/precos.csv'

export default job({
  name: 'demo_supplier_prices',
  schedule: '30 * * * *',
  timezone: 'America/Sao_Paulo',
  retries: 1,
  backoff: { first_s: 2, max_s: 2 },
  async run({ attempt, log, roles: { locale }, signal }) {
    log.info(
      locale === 'en'
        ? `Asking Papelão Serra Azul (attempt ${attempt})`
        : `Consultando Papelão Serra Azul (tentativa ${attempt})`,
    )
    const answer = await fetch(PRICE_LIST, { signal }).catch(() => null)
    if (answer?.ok) return { bytes: (await answer.text()).length }
    throw new Error(
      locale === 'en'
        ? 'The supplier Papelão Serra Azul does not answer: the price list was not updated.'
        : 'O fornecedor Papelão Serra Azul não responde: a lista de preços não foi atualizada.',
    )
  },
})
