/** A Telegram bot's sendMessage, as plain text: without parse_mode no markup can be injected. */
import type { Severity } from '../../rules.ts'
import type { Channel } from '../channel.ts'
import { plainText } from '../words.ts'
import { postJson } from './post-json.ts'

/** Telegram's limit. */
const MAX_TEXT = 4096

export interface TelegramBot {
  /** https://api.telegram.org, or one's own Bot API server. */
  api_url: string
  token: string
  chat_id: string
}

export function telegramChannel({ api_url, token, chat_id }: TelegramBot, min_severity: Severity): Channel {
  const url = `${api_url.replace(/\/$/, '')}/bot${token}/sendMessage`
  return {
    name: 'telegram',
    min_severity,
    send(message, signal) {
      const text = plainText(message, MAX_TEXT)
      const body = JSON.stringify({ chat_id, text, link_preview_options: { is_disabled: true } })
      return postJson({ url, secrets: [token], body }, signal)
    },
  }
}
