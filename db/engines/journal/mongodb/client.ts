/** Opens a client of MongoDB, and gets in: signed in, with the right to read, and both sides of one mind about TLS. */
import { MongoClient } from 'mongodb'
import { engineRefused, NO_TLS, TLS_ONLY } from '../../initial-connection.ts'
import { mongoError } from './errors.ts'
import { engineName, readMongoUrl } from './url.ts'

/** Less than the 5 s of an initial connection, so that there is time left to find out about TLS. */
const SELECT_MS = 3_000
const TLS_TRY_MS = 1_500

const TLS_FIX = {
  en: 'JOURNAL_URL should have tls=true if the server speaks TLS, and not otherwise; a certificate of your own goes to tlsCAFile=…',
  pt: 'JOURNAL_URL deve ter tls=true se o servidor fala TLS, e só então; um certificado próprio vai em tlsCAFile=…',
}

/** Options in the URL win over ours. Throws AppError for options that the driver does not know. */
export function openMongo(url: string): MongoClient {
  const { hosts, options } = readMongoUrl(url)
  const given = new Set([...options.keys()].map((name) => name.toLowerCase()))
  const ours = { serverSelectionTimeoutMS: SELECT_MS, connectTimeoutMS: SELECT_MS, maxPoolSize: 10, appName: 'doca' }
  const missing = Object.entries(ours).filter(([name]) => !given.has(name.toLowerCase()))
  try {
    const client = new MongoClient(url, Object.fromEntries(missing))
    // Without a listener an error event would end the process; every call says its own.
    client.on('error', () => {})
    return client
  } catch (err) {
    throw engineRefused(
      engineName(hosts),
      { en: 'correct the options in JOURNAL_URL', pt: 'corrija as opções em JOURNAL_URL' },
      err,
    )
  }
}

/** Signs in, and tries the right to read: a ping needs none. Throws AppError. */
export async function enterMongo(client: MongoClient, url: string): Promise<void> {
  const { hosts, database, options } = readMongoUrl(url)
  try {
    await client.connect()
    await client.db(database).listCollections({}, { nameOnly: true, authorizedCollections: true }).toArray()
  } catch (err) {
    const error = mongoError(err, engineName(hosts), database)
    if (error.code !== 'journal_unavailable') throw error
    const tls = options.get('tls') === 'true' || options.get('ssl') === 'true'
    if (await speaks(hosts, !tls)) throw engineRefused(engineName(hosts), TLS_FIX, tls ? NO_TLS : TLS_ONLY)
    throw error
  }
}

/** Whether a server answers with TLS, or without; it only hangs up on who tries the other way. Sends no password. */
async function speaks(hosts: string, tls: boolean): Promise<boolean> {
  const client = new MongoClient(`mongodb://${hosts}/`, {
    tls,
    ...(tls && { tlsAllowInvalidCertificates: true }),
    serverSelectionTimeoutMS: TLS_TRY_MS,
  })
  try {
    await client.connect()
    return true
  } catch {
    // The first error is the one to report.
    return false
  } finally {
    await client.close()
  }
}
