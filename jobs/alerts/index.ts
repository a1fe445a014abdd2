/** The alerts of one replica: delivery of the outbox, and the watch over the database. */
import type { Sql } from 'postgres'
import { DATABASE, openDatabaseWatch } from '../../db/alerts/database-outage.ts'
import { firstHostOnly } from '../../lib/env.ts'
import type { Log } from '../../lib/log.ts'
import type { Locale } from '../../lib/texts.ts'
import type { Channel } from '../../db/alerts/delivery/channel.ts'
import { openChannels } from '../../db/alerts/delivery/channels/index.ts'
import type { AlertsConfig } from '../../db/alerts/delivery/config.ts'
import { outageFiles } from './outage-file.ts'
import { nameRuleChanges, settingsOf } from '../../db/alerts/settings.ts'
import { startOutbox, type AlertOutbox } from '../../db/alerts/delivery/outbox.ts'
import { startWatch, type Watch } from './watch.ts'

export interface Alerts {
  /** Called before the program waits for the database, where its URL is known; later calls do nothing. */
  watch(database_url: string): void
  /** Called before anything is observed; `observe` is called at every pass of the outbox. */
  deliver(sql: Sql, observe: () => Promise<void>): Promise<void>
  stop(): Promise<void>
}

export function openAlerts(config: AlertsConfig, { log, locale }: { log: Log; locale: Locale }): Alerts {
  const channels: Channel[] = openChannels(config)
  let watch: Watch | undefined
  let outbox: AlertOutbox | undefined
  return {
    watch(url) {
      watch ??= startWatch({
        database: openDatabaseWatch(url),
        channels,
        files: outageFiles(config.outage_dir),
        check_s: config.database_check_s,
        settings: settingsOf(config.rules, { rule: 'DB_CONNECTION_LOST', subject: DATABASE }),
        secrets: passwordsOf(url),
        log,
        locale,
      })
    },
    async deliver(sql, observe) {
      await nameRuleChanges(sql, config.rules)
      // What a slot was missed for is recorded before it.
      const observeSettled = async () => void ((watch?.settled ?? true) && (await observe()))
      outbox = await startOutbox(sql, channels, { log, locale, observe: observeSettled })
      log.info({ channels: channels.map(({ name }) => name) }, 'alerts go to these channels')
    },
    async stop() {
      await Promise.all([watch?.stop(), outbox?.stop()])
    },
  }
}

function passwordsOf(url: string): string[] {
  const { password } = new URL(firstHostOnly(url))
  // As in the URL, and as the server may repeat it.
  return [password, password.replaceAll(/(?:%[0-9a-f]{2})+/gi, decoded)]
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
