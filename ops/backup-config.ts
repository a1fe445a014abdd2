import { readTimezone } from '../db/alerts/delivery/config.ts'
import { readBackupConfig as readBackupVariables, type BackupConfig } from '../db/backup/config.ts'
import { readDbConfig, type DbConfig } from '../db/engines/config.ts'
import { readOrdersConfig, type OrdersConfig } from '../db/orders/config.ts'
import { envReader, type Env } from '../lib/env.ts'

/** The configuration of backup and restore: where data is, and nothing of the programs that use it. */
export function readBackupConfig(env: Env): DbConfig & BackupConfig & { timezone: string; orders: OrdersConfig } {
  const read = envReader(env)
  const config = {
    ...readDbConfig(read),
    ...readBackupVariables(read),
    timezone: readTimezone(read),
    orders: readOrdersConfig(read),
  }
  read.finish()
  return config
}
