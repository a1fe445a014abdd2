/** What tests on a Kafka need: names of their own on a shared one, and a private one to kill. */
import { Kafka, logLevel, type Admin } from 'kafkajs'
import { readKafkaUrl, type KafkaSettings } from '../../db/engines/stream/kafka/url.ts'

/** The same Kafka, with a prefix that nobody else has. */
export function withPrefix(url: string): string {
  return `${url}?prefix=t${crypto.randomUUID().slice(0, 8)}.`
}

/** The bare client library. */
export function bareKafka({ brokers, user: username, password }: Pick<KafkaSettings, 'brokers' | 'user' | 'password'>) {
  const sasl = { mechanism: 'plain' as const, username: username!, password }
  return new Kafka({ brokers, sasl, logLevel: logLevel.NOTHING })
}

export async function withAdmin<T>(url: string, act: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = bareKafka(readKafkaUrl(url)).admin()
  await admin.connect()
  try {
    return await act(admin)
  } finally {
    await admin.disconnect()
  }
}

/** Deletes every topic and group under the URL's prefix. */
export function removeKafkaPrefix(url: string): Promise<void> {
  const { prefix } = readKafkaUrl(url)
  return withAdmin(url, async (admin) => {
    const topics = (await admin.listTopics()).filter((name) => name.startsWith(prefix))
    if (topics.length > 0) await admin.deleteTopics({ topics })
    const { groups } = await admin.listGroups()
    const left = groups.map(({ groupId }) => groupId).filter((name) => name.startsWith(prefix))
    // A member that was killed stays until its session ends: then the group is forgotten by Kafka itself.
    if (left.length > 0) await admin.deleteGroups(left).catch(() => {})
  })
}
