/** The channels there are: every replica names those that it has configured, and observers write to all of them. */
import type { ISql } from 'postgres'
import type { alert_channels } from './table.ts'

export type ChannelSetting = Pick<typeof alert_channels.$inferSelect, 'name' | 'min_severity'>

/** A channel that no replica has named for so long is no longer configured. */
const FORGET_AFTER_S = 600
/** Why a message was given up then. */
export const NOT_CONFIGURED = {
  en: 'No replica has this channel configured any more.',
  pt: 'Nenhuma réplica tem mais este canal configurado.',
}

/** Names this replica's channels; to be said again every minute or so. */
export async function nameChannels(sql: ISql, channels: ChannelSetting[]): Promise<void> {
  await sql`
    with mine as (
      insert into alert_channels (name, min_severity)
      select * from jsonb_to_recordset(${sql.json(channels as never)}) as c(name text, min_severity text) order by name
      on conflict (name) do update set min_severity = excluded.min_severity, seen_at = now()
    )
    delete from alert_channels
    where seen_at < now() - make_interval(secs => ${FORGET_AFTER_S}) and name <> all(${channels.map((c) => c.name)})`
  await sql`
    update alert_notifications n set dead_at = now(), last_error = ${NOT_CONFIGURED.en}, last_error_pt = ${NOT_CONFIGURED.pt}
    where sent_at is null and dead_at is null and available_at < now() - make_interval(secs => ${FORGET_AFTER_S})
      and not exists (select from alert_channels c where c.name = n.channel)`
}
