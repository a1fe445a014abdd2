/** Deletes a consumer group of Kafka, with its offsets. */
import { AppError } from '../../../../lib/errors.ts'
import { kafkaError, type KafkaClient } from './client.ts'

/**
 * Whether it is forgotten; false while members of it are there. Throws AppError stream_refused where the right is missing, and what
 * Kafka says.
 */
export async function forgetGroup(
  { ask, engine, settings }: Pick<KafkaClient, 'ask' | 'engine' | 'settings'>,
  group: string,
): Promise<boolean> {
  const id = settings.prefix + group
  try {
    await ask((admin) => admin.deleteGroups([id]))
    return true
  } catch (thrown) {
    const error = kafkaError((thrown as { groups?: { error?: unknown }[] }).groups?.[0]?.error ?? thrown)
    if (error === 'NON_EMPTY_GROUP') return false
    if (error === 'GROUP_ID_NOT_FOUND') return true
    if (error !== 'GROUP_AUTHORIZATION_FAILED') throw thrown
    const detail = {
      en: `${engine} does not let us delete the group ${id} (${error}); allow Delete on it.`,
      pt: `${engine} não nos deixa apagar o grupo ${id} (${error}); permita Delete nele.`,
    }
    throw new AppError('unavailable', 'stream_refused', detail, { cause: thrown })
  }
}
