/**
 * Sends people from a RandomUser-shaped API to a topic, page after page, at a given rate for a given time. A run's pages have
 * the run's id as their seed, so that a retry sends the same people; readers of the topic know them by their ids.
 */
import { sleep } from '../../../lib/retry.ts'
import { personMessage, type Person } from '../../../db/people/person.ts'
import type { Stream } from '../../../db/engines/stream/stream.ts'
import { AppError } from '../../../lib/errors.ts'
import { askJsonPatiently } from '../../ask-json.ts'
import type { RunLog } from '../../job.ts'
import { createPace } from './pace.ts'
import { readPerson } from './read-person.ts'

export interface StreamUsersOptions {
  url: string
  topic: string
  seconds: number
  /** People a second. */
  per_s: number
  /** People a page. */
  page: number
  seed: string
  first_delay_ms?: number
}

export interface StreamedUsers {
  topic: string
  people: number
  pages: number
  /** People who came again. */
  repeated: number
  /** Entries that are not people, or have no e-mail address. */
  left_out: number
}

/** The share of a second's people that is sent at once. */
const SLICE_S = 0.25
/** So many of the entries that were left out are named one by one. */
const MOST_NAMED = 20
/** After this many pages without anybody new, the API has no more. */
const MOST_IDLE_PAGES = 3

/** Throws AppError when the API returns nobody, or refuses for good. */
export async function streamUsers(
  stream: Pick<Stream, 'produce'>,
  options: StreamUsersOptions,
  { log, signal }: { log: RunLog; signal: AbortSignal },
): Promise<StreamedUsers> {
  const { url, topic, seconds, per_s, seed, first_delay_ms } = options
  const begun = performance.now()
  const until = begun + seconds * 1000
  const pace = createPace(per_s, begun)
  const known = new Set<string>()
  const done: StreamedUsers = { topic, people: 0, pages: 0, repeated: 0, left_out: 0 }

  for (let page = 1, idle = 0; performance.now() < until && idle < MOST_IDLE_PAGES; page++) {
    const patience = {
      until,
      ...(first_delay_ms !== undefined && { first_delay_ms }),
      onWait: ({ message }: AppError, delay_ms: number) =>
        log.warn(`${message} Asking again in ${Math.ceil(delay_ms / 100) / 10} s.`, { page }),
    }
    const answer = await askJsonPatiently(pageUrl(url, page, options), { signal }, patience)
    if (!('json' in answer)) {
      if (done.people === 0 || !answer.passing) throw answer.problem
      log.warn(`${answer.problem.message} The time is over.`, { page })
      break
    }
    const entries = entriesOf(answer.json, url)
    if (entries.length === 0) break
    const fresh = newPeople(entries, page)
    idle = fresh.length === 0 ? idle + 1 : 0
    done.pages++
    if (idle === MOST_IDLE_PAGES)
      log.warn(`The last ${idle} pages had nobody new; the API repeats itself, or has no more.`, { page })
    if (!(await sendPaced(fresh))) break
  }
  if (done.people === 0) throw noPeople(url, done)
  const left_out = done.left_out > 0 ? ` ${done.left_out} entries were left out.` : ''
  log.info(`${done.people} people sent to ${topic}.${left_out}`, { ...done })
  return done

  function newPeople(entries: unknown[], page: number): Person[] {
    return entries.flatMap((entry, place) => {
      const person = readPerson(entry)
      if ('wrong' in person) leaveOut(`Entry ${place + 1} of page ${page}`, person.wrong)
      else if (known.has(person.id)) done.repeated++
      else return (known.add(person.id), [person])
      return []
    })
  }

  function leaveOut(which: string, why: string): void {
    done.left_out++
    if (done.left_out <= MOST_NAMED) log.warn(`${which} is left out: its ${why}.`)
    if (done.left_out === MOST_NAMED) log.warn('More that are left out are counted alone.')
  }

  /** In slices, each at its time; false when the time is over before the next one. */
  async function sendPaced(people: Person[]): Promise<boolean> {
    const slice = Math.max(1, Math.round(per_s * SLICE_S))
    for (let at = 0; at < people.length; at += slice) {
      const part = people.slice(at, at + slice)
      const now = performance.now()
      const wait_ms = pace(part.length, now)
      if (now + wait_ms >= until) return false
      await sleep(wait_ms, signal)
      signal.throwIfAborted()
      await stream.produce(
        topic,
        part.map((person) => personMessage(person, { trace_id: seed })),
      )
      done.people += part.length
    }
    return true
  }
}

function pageUrl(url: string, page: number, { page: results, seed }: StreamUsersOptions): string {
  const asked = new URL(url)
  asked.searchParams.set('results', String(results))
  asked.searchParams.set('page', String(page))
  asked.searchParams.set('seed', seed)
  return asked.href
}

function entriesOf(json: unknown, url: string): unknown[] {
  const { results, error } = (json ?? {}) as { results?: unknown; error?: unknown }
  if (Array.isArray(results)) return results
  const why =
    typeof error === 'string'
      ? { en: `it says "${error}"`, pt: `ela diz “${error}”` }
      : { en: 'its answer has no list named results', pt: 'a resposta não tem uma lista chamada results' }
  const { origin } = new URL(url)
  throw new AppError('upstream', 'users_api_unexpected', {
    en: `${origin} gives no people: ${why.en}; check USERS_API_URL.`,
    pt: `${origin} não fornece pessoas: ${why.pt}; confira USERS_API_URL.`,
  })
}

function noPeople(url: string, { left_out }: StreamedUsers): AppError {
  const what =
    left_out > 0
      ? {
          en: `${left_out} entries that are no people with a login.uuid and an email`,
          pt: `${left_out} entradas que não são pessoas com login.uuid e email`,
        }
      : { en: 'an empty list', pt: 'uma lista vazia' }
  const { origin } = new URL(url)
  return new AppError('upstream', 'users_api_empty', {
    en: `${origin} gave ${what.en}; check USERS_API_URL.`,
    pt: `${origin} devolveu ${what.pt}; confira USERS_API_URL.`,
  })
}
