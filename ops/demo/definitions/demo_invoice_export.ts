/** Made by `bun run demo`; `bun run demo --remove` takes it away. Its first attempt fails, its second succeeds. */
import { Type } from '@sinclair/typebox'
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'demo_invoice_export',
  schedule: '0 18 * * MON-FRI',
  timezone: 'America/Sao_Paulo',
  calendar: 'BR-SP',
  retries: 3,
  backoff: { first_s: 2, max_s: 60 },
  conf: Type.Object({
    month: Type.Optional(Type.String({ format: 'date', description: 'Any day of the month.' })),
    copies: Type.Integer({ minimum: 1, maximum: 5, default: 1 }),
    by_mail: Type.Boolean({ default: false }),
  }),
  async run({ attempt, conf, step, log, roles: { locale } }) {
    const invoices = await step(locale === 'en' ? 'collect the invoices' : 'reunir as notas', async () => {
      await Bun.sleep(300)
      return 118
    })
    if (attempt === 1)
      throw new Error(
        locale === 'en'
          ? 'The accountant’s server has closed the connection; trying again.'
          : 'O servidor da contabilidade fechou a conexão; será tentado de novo.',
      )
    await step(locale === 'en' ? 'send them' : 'enviar', () => Bun.sleep(400))
    log.info(locale === 'en' ? `${invoices} invoices sent` : `${invoices} notas enviadas`, { copies: conf.copies })
    return { invoices, copies: conf.copies }
  },
})
