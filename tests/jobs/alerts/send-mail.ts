/** `bun send-mail.ts URL…`: sends a message by each mail server and prints what came of it; for tests that vouch for its certificate. */
import { emailChannel } from '../../../db/alerts/delivery/channels/email.ts'
import { message } from './message.ts'

for (const url of Bun.argv.slice(2)) {
  const channel = emailChannel({ url, from: 'doca@example.com', to: ['ana@example.com'] }, 'INFO')
  await channel.send(message(), AbortSignal.timeout(20_000)).then(
    () => console.log('sent'),
    (thrown: Error) => console.log(thrown.message),
  )
}
