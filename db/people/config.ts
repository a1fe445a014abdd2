/** Where people travel and are kept. */
import type { EnvReader } from '../../lib/env.ts'
import { isRecordKeyspace, isRecordName } from '../engines/history/limits.ts'
import type { RecordTable } from '../engines/history/records.ts'
import { PERSON_FIELDS } from './person.ts'

export const PEOPLE_TOPIC = 'dsa_kafka_topic'
/** The consumer group of the consumer `users`. */
export const PEOPLE_GROUP = 'doca-users'

const KEYSPACE = 'dsa_dados_usuarios'
const TABLE = 'tb_usuarios'

export interface PeopleConfig {
  topic: string
  table: RecordTable
}

export function readPeopleConfig(read: EnvReader): PeopleConfig {
  const keyspace = read.text('USERS_KEYSPACE', KEYSPACE)
  const name = read.text('USERS_TABLE', TABLE)
  if (!isRecordKeyspace(keyspace))
    read.problem(
      'USERS_KEYSPACE cannot be a keyspace of people; use 1 to 48 small letters, digits and _, and none that the engine or Doca has.',
    )
  if (!isRecordName(name))
    read.problem('USERS_TABLE cannot be a table; use 1 to 48 small letters, digits and underscores.')
  return { topic: readPeopleTopic(read), table: { keyspace, name, key: 'id', columns: PERSON_FIELDS } }
}

export function readPeopleTopic(read: EnvReader): string {
  const topic = read.text('USERS_TOPIC', PEOPLE_TOPIC)
  if (!/^[A-Za-z0-9._-]{1,249}$/.test(topic))
    read.problem('USERS_TOPIC cannot be a topic; use 1 to 249 letters, digits, dots, underscores and hyphens.')
  return topic
}
