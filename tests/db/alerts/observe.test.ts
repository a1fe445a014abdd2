import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { writeDue } from '../../../db/alerts/notifications.ts'
import { recordOutage } from '../../../db/alerts/database-outage.ts'
import { endFlapping } from '../../../db/alerts/flapping.ts'
import { nameRuleChanges, type RuleChange } from '../../../db/alerts/settings.ts'
import { openSql } from '../../../db/engines/postgres/open-sql.ts'
import { observe, type Observation } from '../../../db/alerts/observe.ts'
import { PEOPLE_GROUP } from '../../../db/people/config.ts'
import { testDatabase, type TestDatabase } from '../../kit/database.ts'
import { until } from '../../kit/program.ts'

setDefaultTimeout(120_000)

let database: TestDatabase
beforeAll(async () => void (database = await testDatabase()))
afterAll(() => database.close())
beforeEach(async () => {
  const { sql } = database
  await sql`truncate alerts, alert_notifications, silences, alert_channels, alert_rules`
  await sql`insert into alert_channels (name, min_severity) values ('log', 'INFO'), ('email', 'ERROR')`
})

const fails = (rule: Observation['rule'], subject = 's', detail = 'broken'): Observation => ({
  rule,
  subject,
  ok: false,
  detail,
})
const well = (rule: Observation['rule'], subject = 's'): Observation => ({ rule, subject, ok: true })
const see = (...observations: Observation[]) => observe(database.sql, observations)

const states = async () =>
  (await database.sql<{ it: string }[]>`select concat_ws(' ', rule, subject, state) as it from alerts order by id`).map(
    ({ it }) => it,
  )
/** What the outbox tells on a channel, in order. */
const told = async (channel = 'log') =>
  (
    await database.sql<{ it: string }[]>`
      select concat_ws(' ', n.kind, nullif(n.number, 0), a.rule, a.subject) as it
      from alert_notifications n join alerts a on a.id = n.alert_id where channel = ${channel} order by n.id`
  ).map(({ it }) => it)

test('an alert fires after as many failures as its rule asks for, and is resolved after as many successes', async () => {
  await see(fails('API_DOWN'), fails('API_DOWN'))
  expect(await states()).toEqual(['API_DOWN s pending'])
  expect(await told()).toEqual([])
  await see(fails('API_DOWN', 's', 'still broken'))
  expect(await states()).toEqual(['API_DOWN s firing'])
  expect(await told()).toEqual(['firing API_DOWN s'])
  await see(well('API_DOWN'))
  await see(fails('API_DOWN'))
  await see(well('API_DOWN'))
  expect(await states()).toEqual(['API_DOWN s firing'])
  await see(well('API_DOWN'))
  expect(await states()).toEqual(['API_DOWN s resolved'])
  expect(await told()).toEqual(['firing API_DOWN s', 'resolved API_DOWN s'])
  const [row] = await database.sql`select *, fired_at >= opened_at and resolved_at >= fired_at as ordered from alerts`
  expect(row).toMatchObject({ failures: 4, successes: 2, ordered: true, severity: 'CRITICAL', detail: 'broken' })
})

test('a failure that does not last leaves nothing', async () => {
  await see(fails('API_DOWN'))
  await see(well('API_DOWN'))
  expect(await states()).toEqual([])
  await see(fails('API_DOWN'))
  expect(await states()).toEqual(['API_DOWN s pending'])
})

test('what fails and recovers in one batch is told as both, in order, and the next failure is another incident', async () => {
  await see(well('JOB_FAILED'), fails('JOB_FAILED'), well('JOB_FAILED'), well('JOB_FAILED'), fails('JOB_FAILED'))
  expect(await states()).toEqual(['JOB_FAILED s resolved', 'JOB_FAILED s firing'])
  expect(await told()).toEqual(['firing JOB_FAILED s', 'resolved JOB_FAILED s', 'firing JOB_FAILED s'])
})

test('a channel is told only what is severe enough for it', async () => {
  await see(fails('JOB_MISSED'), fails('JOB_FAILED'))
  expect(await told('email')).toEqual(['firing JOB_FAILED s'])
  expect(await told('log')).toEqual(['firing JOB_MISSED s', 'firing JOB_FAILED s'])
})

test('incident, notifications and what the caller writes are one transaction', async () => {
  const undone = database.sql.begin(async (tx) => {
    await observe(tx, [fails('JOB_FAILED')])
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  expect([await states(), await told()]).toEqual([[], []])
})

test('replicas that observe the same at once open one incident, told once on each channel', async () => {
  const replicas = Array.from({ length: 6 }, () => openSql(database.url, 2))
  const jobs = Array.from({ length: 5 }, (_, i) => `job_${i}`)
  await Promise.all(
    replicas.flatMap((sql, i) => [
      // In different orders, as nobody sorts what he observes.
      observe(
        sql,
        (i % 2 ? jobs : jobs.toReversed()).map((job) => fails('JOB_FAILED', job)),
      ),
      writeDue(sql),
    ]),
  )
  expect((await states()).toSorted()).toEqual(jobs.map((job) => `JOB_FAILED ${job} firing`))
  const [row] = await database.sql`select min(failures) as least, max(failures) as most from alerts`
  expect(row).toEqual({ least: 6, most: 6 })
  expect((await told()).toSorted()).toEqual(jobs.map((job) => `firing JOB_FAILED ${job}`))
  await Promise.all(
    replicas.flatMap((sql, i) => [
      observe(
        sql,
        (i % 2 ? jobs : jobs.toReversed()).map((job) => well('JOB_FAILED', job)),
      ),
      writeDue(sql),
    ]),
  )
  expect((await told()).length).toBe(10)
  expect((await states()).every((state) => state.endsWith('resolved'))).toBe(true)
  await Promise.all(replicas.map((sql) => sql.end()))
})

test('a consequence of what fires is recorded and not told, until the cause is gone and it still fires', async () => {
  const down = Array.from({ length: 3 }, () => fails('API_DOWN'))
  await see(fails('API_HIGH_LATENCY'), fails('API_HIGH_LATENCY'), ...down)
  expect(await states()).toEqual(['API_HIGH_LATENCY s firing', 'API_DOWN s firing'])
  expect(await told()).toEqual(['firing API_DOWN s'])
  await see(well('API_DOWN'), well('API_DOWN'))
  expect(await writeDue(database.sql)).toBe(1)
  expect(await told()).toEqual(['firing API_DOWN s', 'resolved API_DOWN s', 'firing API_HIGH_LATENCY s'])
})

test('a paused consumer keeps only the lag of its own queue or topic from being told, and until that can have been read', async () => {
  const { sql } = database
  const [own, other] = ['doca-events events', 'doca-users dsa_kafka_topic']
  const lag = [own, other].flatMap((group) => Array.from({ length: 4 }, () => fails('STREAM_LAG', group)))
  const queue = [fails('QUEUE_LAG', 'orders'), fails('QUEUE_LAG', 'orders')]
  await see(fails('CONSUMER_PAUSED', 'events'), ...lag, ...queue)
  const first = ['firing CONSUMER_PAUSED events', `firing STREAM_LAG ${other}`, 'firing QUEUE_LAG orders']
  expect((await told()).toSorted()).toEqual(first.toSorted())
  await see({ ...well('CONSUMER_PAUSED', 'events'), final: true })
  expect(await writeDue(sql)).toBe(0)
  await sql`update alerts set resolved_at = resolved_at - interval '3 minutes' where rule = 'CONSUMER_PAUSED'`
  expect(await writeDue(sql)).toBe(1)
  expect((await told()).at(-1)).toBe(`firing STREAM_LAG ${own}`)
})

test('a paused consumer of people keeps the lag of its group from being told, whatever its topic is called', async () => {
  const lag = Array.from({ length: 4 }, () => fails('STREAM_LAG', `${PEOPLE_GROUP} a_topic`))
  await see(fails('CONSUMER_PAUSED', `people ${PEOPLE_GROUP}`), ...lag)
  expect(await told()).toEqual(['firing CONSUMER_PAUSED people doca-users'])
})

test('in a silence an alert is recorded and not told; when it ends by itself and it still fires, it is told', async () => {
  const { sql } = database
  const silence = (rule: string | null, subject: string | null, ends: string) => sql`
    insert into silences (id, rule, subject, starts_at, ends_at, reason, created_by)
    values (${Bun.randomUUIDv7()}, ${rule}, ${subject}, now() - interval '1 h', now() + ${ends}::interval, 'r', 'a')`
  await silence('JOB_FAILED', 'night', '1 h')
  await silence('JOB_MISSED', null, '1 h')
  await silence('JOB_FAILED', 'long_ago', '-1 min')
  await see(...['night', 'long_ago', 'other'].map((job) => fails('JOB_FAILED', job)), fails('JOB_MISSED'))
  expect(await told()).toEqual(['firing JOB_FAILED long_ago', 'firing JOB_FAILED other'])
  // One that is over before the silence is never told.
  await see(well('JOB_MISSED'))
  await sql`update silences set ends_at = clock_timestamp()`
  await until('the end of the silence', () => writeDue(sql))
  expect((await told()).slice(2)).toEqual(['firing JOB_FAILED night'])
})

test('a silence knows a rule by its other name, too', async () => {
  await database.sql`insert into silences (id, rule, ends_at, reason, created_by)
    values (${Bun.randomUUIDv7()}, 'AIRFLOW_DAG_FAILED', now() + interval '1 h', 'r', 'a')`
  await see({ ...fails('JOB_FAILED', 'dag'), alias: 'AIRFLOW_DAG_FAILED' }, fails('JOB_FAILED', 'job'))
  expect(await told()).toEqual(['firing JOB_FAILED job'])
})

test('an alert is told again at its interval, once for all sweeps, until it is acknowledged or over', async () => {
  const { sql } = database
  const later = () => sql`update alert_notifications set created_at = created_at - interval '25 h'`
  await see(fails('JOB_FAILED'))
  await later()
  expect(await writeDue(sql)).toBe(0)
  await sql`update alert_notifications set sent_at = now() where channel = 'log'`
  await Promise.all(Array.from({ length: 5 }, () => writeDue(sql)))
  expect(await told()).toEqual(['firing JOB_FAILED s', 'reminder 1 JOB_FAILED s'])
  // On a channel that is away, reminders do not pile up.
  expect(await told('email')).toEqual(['firing JOB_FAILED s'])
  await sql`update alert_notifications set sent_at = now()`
  await later()
  await sql`update alerts set acknowledged_at = now(), acknowledged_by = 'Ana'`
  expect(await writeDue(sql)).toBe(0)
  await sql`update alerts set acknowledged_at = null`
  expect(await writeDue(sql)).toBe(2)
  await see(well('JOB_FAILED'))
  expect(await told()).toEqual(['firing JOB_FAILED s', 'reminder 1 JOB_FAILED s', 'resolved JOB_FAILED s'])
})

test('a channel that comes later is told what still fires', async () => {
  await see(fails('JOB_FAILED', 'a'), fails('JOB_FAILED', 'b'), well('JOB_FAILED', 'a'))
  await database.sql`insert into alert_channels (name, min_severity) values ('slack', 'INFO')`
  expect(await writeDue(database.sql)).toBe(1)
  expect(await told('slack')).toEqual(['firing JOB_FAILED b'])
})

test('subject and detail may be anything: what PostgreSQL cannot keep is left out', async () => {
  await see(fails('JOB_FAILED', 'a\0b\r\nc', `\0\ud800 ${'x'.repeat(5000)}`))
  const [row] = await database.sql<{ subject: string; detail: string }[]>`select subject, detail from alerts`
  expect(row!.subject).toBe('a b c')
  expect(row!.detail).toHaveLength(2000)
  await see(well('JOB_FAILED', 'a\0b\r\nc'))
  expect(await states()).toEqual(['JOB_FAILED a b c resolved'])
})

test('what failed while its cause fired, and is observed afterwards, is never told; what fails at another time is', async () => {
  const { sql } = database
  const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000)
  const [opened_at, fired_at] = [ago(10), ago(9)]
  await recordOutage(sql, {
    id: Bun.randomUUIDv7(),
    opened_at,
    fired_at,
    detail: { en: 'x', pt: 'x' },
    failures: 3,
    nth: 1,
    told: { log: fired_at },
  })
  const missed = (subject: string, minutes: number): Observation => ({
    ...fails('JOB_MISSED', subject),
    at: ago(minutes),
  })
  // The database was gone a little before anybody noticed.
  await see(missed('within', 5), missed('just before', 10.5), missed('long before', 20))
  await writeDue(sql)
  expect((await told()).filter((one) => one.includes('JOB_MISSED'))).toEqual(['firing JOB_MISSED long before'])
  expect((await states()).filter((one) => one.endsWith('firing'))).toHaveLength(3)
  await see(well('JOB_MISSED', 'within'), missed('just before', 0))
  await writeDue(sql)
  expect((await told()).filter((one) => one.includes('JOB_MISSED')).toSorted()).toEqual([
    'firing JOB_MISSED just before',
    'firing JOB_MISSED long before',
  ])
})

test('what fires and recovers again and again is told as flapping, then not until it is steady, and then once', async () => {
  const { sql } = database
  const later = (minutes: number) => sql`update alerts set turned_at = turned_at - make_interval(mins => ${minutes})`
  for (let n = 0; n < 10; n++) await see(fails('JOB_FAILED'), well('JOB_FAILED'))
  const before = ['firing', 'resolved', 'firing', 'resolved', 'flapping'].map((kind) => `${kind} JOB_FAILED s`)
  expect(await told()).toEqual(before)
  expect(await states()).toEqual(['JOB_FAILED s resolved', 'JOB_FAILED s resolved', 'JOB_FAILED s firing'])
  await sql`update alert_notifications set sent_at = now(), created_at = created_at - interval '25 h'`
  await later(19)
  await endFlapping(sql)
  await writeDue(sql)
  expect(await told()).toEqual(before)
  await see(fails('JOB_FAILED'))
  await see(well('JOB_FAILED'))
  await later(19)
  await endFlapping(sql)
  expect(await told()).toEqual(before)
  await later(2)
  await endFlapping(sql)
  await endFlapping(sql)
  expect(await told()).toEqual([...before, 'resolved JOB_FAILED s'])
  expect((await states()).at(-1)).toBe('JOB_FAILED s resolved')
})

test('what flapped and goes on failing is told once as steady, reminded of, and told when it is over', async () => {
  const { sql } = database
  for (let n = 0; n < 3; n++) await see(fails('JOB_FAILED'), well('JOB_FAILED'))
  await see(fails('JOB_FAILED'))
  await sql`update alerts set turned_at = turned_at - interval '21 min'`
  await endFlapping(sql)
  await writeDue(sql)
  expect((await told()).slice(4)).toEqual(['flapping JOB_FAILED s', 'firing JOB_FAILED s'])
  await sql`update alert_notifications set sent_at = now(), created_at = created_at - interval '25 h'`
  await writeDue(sql)
  expect((await told()).slice(6)).toEqual(['reminder 1 JOB_FAILED s'])
  await see(well('JOB_FAILED'))
  expect((await told()).slice(6)).toEqual(['resolved JOB_FAILED s'])
})

test('alerts far apart do not flap', async () => {
  for (let n = 0; n < 5; n++) {
    await see(fails('JOB_FAILED'), well('JOB_FAILED'))
    await database.sql`update alerts set opened_at = opened_at - interval '61 min'`
  }
  expect(await told()).toHaveLength(10)
})

/** As the file of a replica says. */
const changes = (...changed: RuleChange[]) => nameRuleChanges(database.sql, changed)

test('the file changes how often, how bad and where an alert is told, for the subjects that it names; the last entry wins', async () => {
  await changes(
    { rules: ['JOB_FAILED'], subjects: ['nightly_*'], set: { failures: 2, successes: 2, severity: 'CRITICAL' } },
    { rules: null, subjects: ['*_old'], set: { mute: true } },
    { rules: ['JOB_MISSED'], subjects: null, set: { channels: ['email'] } },
    { rules: ['JOB_FAILED'], subjects: ['nightly_two'], set: { failures: 1, channels: ['log'] } },
  )
  await see(
    ...['nightly_one', 'nightly_two', 'a_old', 'other'].map((job) => fails('JOB_FAILED', job)),
    fails('JOB_MISSED'),
  )
  expect(await states()).toEqual([
    'JOB_FAILED nightly_one pending',
    'JOB_FAILED nightly_two firing',
    'JOB_FAILED a_old firing',
    'JOB_FAILED other firing',
    'JOB_MISSED s firing',
  ])
  // JOB_MISSED is a warning, and goes to a channel for errors all the same; alerts.log has all.
  expect((await told()).toSorted()).toEqual([
    'firing JOB_FAILED nightly_two',
    'firing JOB_FAILED other',
    'firing JOB_MISSED s',
  ])
  expect((await told('email')).toSorted()).toEqual(['firing JOB_FAILED other', 'firing JOB_MISSED s'])
  await see(fails('JOB_FAILED', 'nightly_one'), well('JOB_FAILED', 'nightly_one'))
  const [row] = await database.sql`select severity, state from alerts where subject = 'nightly_one'`
  expect(row).toEqual({ severity: 'CRITICAL', state: 'firing' })
})

test('in quiet hours an alert waits, and so does its end; when they are over it is told, if it still fires', async () => {
  const { sql } = database
  const quiet = [{ from: 0, to: 1440, days: [0, 1, 2, 3, 4, 5, 6], timezone: 'UTC' }]
  await see(fails('JOB_FAILED', 'before'))
  await changes({ rules: null, subjects: null, set: { quiet } })
  await see(fails('JOB_FAILED', 'meanwhile'), fails('JOB_FAILED', 'short'), well('JOB_FAILED', 'short'))
  await see(well('JOB_FAILED', 'before'))
  await writeDue(sql)
  expect(await told()).toEqual(['firing JOB_FAILED before', 'resolved JOB_FAILED before'])
  const [end] =
    await sql`select available_at > now() + interval '1 day' as waits from alert_notifications where kind = 'resolved'`
  expect(end!.waits).toBe(true)
  await changes()
  await writeDue(sql)
  expect((await told()).slice(2)).toEqual(['firing JOB_FAILED meanwhile'])
})

test('what is gone has no alert any more, whatever its rule asks for, and also where it flapped', async () => {
  await changes({ rules: ['JOB_FAILED'], subjects: null, set: { successes: 5 } })
  await see(fails('JOB_FAILED', 'gone'), { ...well('JOB_FAILED', 'gone'), final: true })
  expect(await states()).toEqual(['JOB_FAILED gone resolved'])
  await changes()
  for (let n = 0; n < 3; n++) await see(fails('JOB_FAILED'), well('JOB_FAILED'))
  expect((await states()).at(-1)).toBe('JOB_FAILED s firing')
  await see({ ...well('JOB_FAILED'), final: true })
  expect((await states()).at(-1)).toBe('JOB_FAILED s resolved')
  expect((await told()).slice(-2)).toEqual(['flapping JOB_FAILED s', 'resolved JOB_FAILED s'])
})
