/** E-mail, a thread for each alert. */
import type { Severity } from '../../rules.ts'
import { openMailer } from '../mail.ts'
import type { Channel } from '../channel.ts'
import { plainText, wordsOf } from '../words.ts'

export interface Mailbox {
  /** smtp:// or smtps://user:password@host:port */
  url: string
  from: string
  to: string[]
}

export function emailChannel({ url, from, to }: Mailbox, min_severity: Severity): Channel {
  const mailer = openMailer({ url, from })
  return {
    name: 'email',
    min_severity,
    send(message, signal) {
      const { id, alert_id: thread } = message
      const headers = { 'X-Doca-Alert': thread }
      return mailer.send({ to, id, thread, headers, subject: wordsOf(message).title, text: plainText(message) }, signal)
    },
  }
}
