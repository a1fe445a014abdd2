/** What one replica does for alerts: delivers what is in the outbox, and watches the database itself. */
import type { Sql } from 'postgres'
import type { Log } from '../../lib/log.ts'
import type { Locale } from '../../lib/texts.ts'
import { openChannels } from './channels/index.ts'
import type { AlertsConfig } from './config.ts'
import { startOutbox } from './outbox.ts'

export interface Alerts {
  stop(): Promise<void>
}

export async function startAlerts(
  sql: Sql,
  config: AlertsConfig,
  { log, locale }: { log: Log; locale: Locale },
): Promise<Alerts> {
  const channels = openChannels(config)
  const outbox = await startOutbox(sql, channels, { log, locale })
  log.info({ channels: channels.map(({ name }) => name) }, 'alerts go to these channels')
  return { stop: () => outbox.stop() }
}
