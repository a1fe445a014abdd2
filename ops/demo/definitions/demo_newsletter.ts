/** Made by `bun run demo`; `bun run demo --remove` takes it away. It is paused. */
import { job } from '../../../jobs/job.ts'

export default job({
  name: 'demo_newsletter',
  schedule: '0 9 * * MON',
  timezone: 'America/Sao_Paulo',
  run: ({ log, roles: { locale } }) => {
    log.info(locale === 'en' ? 'A demo sends no mail.' : 'Uma demonstração não envia e-mail.')
    return { sent: 0 }
  },
})
