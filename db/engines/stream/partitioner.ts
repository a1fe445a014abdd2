/** Which partition a key goes to: murmur2 as in Kafka's own clients, so that a key's partition is the same on every driver. */

const SEED = 0x9747b28c
const M = 0x5bd1e995

/** Returns a function from key to partition; messages without a key go to each partition in turn. */
export function createPartitioner(): (key: Uint8Array | null, partitions: number) => number {
  let turn = Math.floor(Math.random() * 1024)
  return (key, partitions) => (key === null ? turn++ : murmur2(key) & 0x7fffffff) % partitions
}

/** MurmurHash2, 32 bits, as org.apache.kafka.common.utils.Utils.murmur2 computes it. */
export function murmur2(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  let hash = SEED ^ data.length
  let at = 0
  for (; at + 4 <= data.length; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M)
    word = Math.imul(word ^ (word >>> 24), M)
    hash = Math.imul(hash, M) ^ word
  }
  const rest = data.length - at
  if (rest === 3) hash ^= data[at + 2]! << 16
  if (rest >= 2) hash ^= data[at + 1]! << 8
  if (rest >= 1) hash = Math.imul(hash ^ data[at]!, M)
  hash = Math.imul(hash ^ (hash >>> 13), M)
  return hash ^ (hash >>> 15)
}
