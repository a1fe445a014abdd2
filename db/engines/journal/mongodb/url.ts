/** JOURNAL_URL: `mongodb://[user:password@]host:port[,host:port]/database`; the driver's own options may follow. */
import { ConfigError } from '../../../../lib/env.ts'

const DEFAULT_DATABASE = 'doca'

/** The database, and the servers without any password. Throws ConfigError. */
export function readMongoUrl(url: string): { database: string; hosts: string; options: URLSearchParams } {
  const parts = /^mongodb:\/\/(?:[^@/?]*@)?([^@/?]+)(?:\/([^?]*))?(?:\?(.*))?$/.exec(url)
  if (!parts) throw problem('is not mongodb://[user:password@]host:port/database; encode special characters in it.')
  const [, hosts = '', name = '', options = ''] = parts
  const database = decode(name) || DEFAULT_DATABASE
  if (/[\s/\\."$*<>:|?\0]/.test(database) || Buffer.byteLength(database) > 63)
    throw problem('names a database that MongoDB does not allow; take letters, digits, hyphens and underscores.')
  return { database, hosts, options: new URLSearchParams(options) }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw problem('has a % that encodes nothing; write %25 for a percent sign.')
  }
}

/** How sentences name the server. */
export const engineName = (hosts: string) => `MongoDB (${hosts})`

const problem = (what: string) => new ConfigError([`JOURNAL_URL ${what}`])
