/** What every act of the demo is handed. */
import type { Locale, Translated } from '../../lib/texts.ts'
import type { ApiClient } from './client.ts'

export interface Scene {
  url: string
  locale: Locale
  /** Signed in as an admin. */
  api: ApiClient
  /** Signs somebody else in. */
  signIn(username: string, password: string): Promise<ApiClient>
  say(text: Translated): string
  /** A line of progress. */
  tell(what: Translated, result: Translated): void
  now: Date
}
