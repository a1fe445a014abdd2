/** What a webhook was told of outages, and what a folder keeps of them. */
import { existsSync, readdirSync } from 'node:fs'
import type { Hook } from '../../kit/alert-servers.ts'

interface ToldOutage {
  kind: string
  alert_id: string
  detail: string
  id: string
}

export const toldOutages = ({ requests }: Hook) =>
  requests.map(({ body }) => body).filter(({ rule }) => rule === 'DB_CONNECTION_LOST') as ToldOutage[]

export const keptOutages = (folder: string) =>
  existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')) : []
