/** The file in which a team changes the rules: what it may say, and what is said about what it may not. */
import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { readRules, readRulesFile, type FileTerms } from '../../../db/alerts/rules-file.ts'
import { RULE_NAMES } from '../../../db/alerts/rules.ts'
import { EVENTS_GROUP, EVENTS_TOPIC } from '../../../db/events/event.ts'
import { settingsOf } from '../../../db/alerts/settings.ts'
import { readJobsConfig } from '../../../jobs/config.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

const EXAMPLE = join(import.meta.dir, '../../../alerts.example.toml')

function reading() {
  const problems: string[] = []
  const terms: FileTerms = {
    channels: new Map([
      ['log', true],
      ['email', true],
      ['slack', false],
    ]),
    timezone: 'America/Manaus',
    problem: (sentence) => void problems.push(sentence),
  }
  return { problems, terms, read: (text: string) => readRules(text, terms) }
}

/** The problems of an entry. */
function problemsOf(entry: string): string[] {
  const { problems, read } = reading()
  read(`[[rule]]\n${entry}`)
  return problems
}

test('the example is in order, and names every rule', async () => {
  const { problems, terms } = reading()
  const changes = readRulesFile(EXAMPLE, true, terms)
  expect(problems).toEqual([])
  expect(settingsOf(changes, { rule: 'JOB_FAILED', subject: 'backup_drill' })).toMatchObject({
    severity: 'CRITICAL',
    remind_s: 3600,
    failures: 1,
  })
  const weather = settingsOf(changes, { rule: 'JOB_FAILED', subject: 'weather' })
  expect(weather).toMatchObject({ severity: 'WARNING', failures: 2 })
  expect(weather.quiet).toEqual([
    { from: 1320, to: 420, days: [0, 1, 2, 3, 4, 5, 6], timezone: 'America/Manaus' },
    { from: 0, to: 1440, days: [6, 0], timezone: 'America/Sao_Paulo' },
  ])
  expect(settingsOf(changes, { rule: 'STREAM_LAG', subject: `${EVENTS_GROUP} ${EVENTS_TOPIC}` }).threshold).toBe(50_000)
  expect(settingsOf(changes, { rule: 'STREAM_LAG', subject: 'doca-notifications documents' }).threshold).toBeNull()
  const text = await Bun.file(EXAMPLE).text()
  for (const rule of RULE_NAMES) expect(text).toMatch(new RegExp(`\\b${rule}\\b`))
})

test('STREAM_LAG takes a number of messages, and a duration in an entry of its own', () => {
  const { problems, read } = reading()
  const entry = '[[rule]]\nrule = "STREAM_LAG"\nfor = "* events"\n'
  const changes = read(`${entry}threshold = 50000\n${entry}threshold = "15m"`)
  expect(problems).toEqual([])
  const subject = `${EVENTS_GROUP} ${EVENTS_TOPIC}`
  expect(settingsOf(changes, { rule: 'STREAM_LAG', subject })).toMatchObject({ threshold: 50_000, threshold_s: 900 })
})

test.each([
  ['rule = "JOB_FALED"\nmute = true', 'rule has "JOB_FALED"; write one of '],
  ['for = []\nmute = true', 'for is []; write a name or a list of names in quotation marks.'],
  ['rule = "JOB_FAILED"', 'changes nothing; set one of severity, failures,'],
  ['severty = "INFO"', '"severty" is unknown; write one of rule, for, severity,'],
  ['severity = "LOW"', 'severity is "LOW"; write one of INFO, WARNING, ERROR, CRITICAL.'],
  ['failures = 0', 'failures is 0; write a whole number from 1 to 1000.'],
  ['failures = "3"', 'failures is "3"; write a whole number from 1 to 1000.'],
  ['successes = 1.5', 'successes is 1.5; write a whole number from 1 to 1000.'],
  ['remind = 60', 'remind is 60; write a duration such as "90s", "15m", "4h" or "2d", or false.'],
  ['remind = "0h"', 'remind is "0h"; write a duration'],
  ['mute = "yes"', 'mute is "yes"; write true or false.'],
  ['threshold = 5', 'threshold means nothing there; write it in an entry whose rule is one of API_HIGH_LATENCY,'],
  ['rule = ["STREAM_LAG", "DATA_STALE"]\nthreshold = 5', 'threshold means nothing there;'],
  ['rule = "JOB_FAILED"\nthreshold = 5', 'threshold means nothing there;'],
  ['rule = "LOW_DISK_SPACE"\nthreshold = 101', 'threshold is 101; write a percentage from 0 to 100.'],
  ['rule = "STREAM_LAG"\nthreshold = "soon"', 'threshold is "soon"; write a duration such as'],
  ['rule = "STREAM_LAG"\nthreshold = 1.5', 'threshold is 1.5; write a whole number from 0 to'],
  ['rule = "DATA_STALE"\nthreshold = 900', 'threshold is 900; write a duration such as'],
  ['channels = ["pager"]', 'channels has "pager"; write one of log, email, slack.'],
  [
    'channels = ["slack"]',
    'channels has "slack", which is not configured; set its variables (.env.example), or leave it out.',
  ],
  ['quiet = "night"', 'quiet is "night"; write { from = "22:00",'],
  ['quiet = { from = "22:00" }', 'quiet.to is not there; write a time such as "22:00", at most "24:00".'],
  ['quiet = { from = "22h", to = "24:01" }', 'quiet.from is "22h"; write a time such as "22:00", at most "24:00".'],
  ['quiet = { from = "22:00", to = "07:00", days = ["sab"] }', 'quiet.days is ["sab"]; write one of sun, mon,'],
  ['quiet = { from = "22:00", to = "07:00", timezone = "BRT" }', 'quiet.timezone is "BRT"; write an IANA zone'],
  ['quiet = { from = "22:00", until = "07:00" }', 'quiet is {"from":"22:00","until":"07:00"}; write {'],
  ['flapping = true', 'flapping is true; write { times = 3, within = "1h", steady = "20m" }, or false.'],
  [
    'flapping = { times = 1, within = "1h", steady = "20m" }',
    'flapping.times is 1; write a whole number from 2 to 1000.',
  ],
])('%s is refused with how to write it', (entry, sentence) => {
  const problems = problemsOf(entry)
  expect(problems[0]).toMatch(/^entry 1( \([A-Z_, ]+\))?: /)
  expect(problems.join('\n')).toContain(sentence)
})

test.each([
  ['a = 1', '"a" stands outside of an entry; write [[rule]] above it, or take it away.'],
  ['[rule]\nmute = true', '"rule" is no list of entries; begin each with [[rule]].'],
  ['[[rule]]\nmute = true\n\n[[rule]]\nfailures =\nseverity = "INFO"', 'it is no TOML near line 5: '],
])('%s is no list of entries', (text, sentence) => {
  const { problems, read } = reading()
  expect(read(text)).toEqual([])
  expect(problems).toHaveLength(1)
  expect(problems[0]).toStartWith(sentence)
})

test('a time may be of TOML, a name may stand alone, and what is false is switched off', () => {
  const { problems, read } = reading()
  const changes = read(`
    [[rule]]
    rule = "AIRFLOW_DAG_FAILED"
    for = "night*"
    quiet = { from = 22:30:00, to = "07:00", days = ["fri"] }
    remind = false
    flapping = false`)
  expect(problems).toEqual([])
  const quiet = [{ from: 1350, to: 420, days: [5], timezone: 'America/Manaus' }]
  const changed = { quiet, remind_s: null, flapping: null }
  const job = { rule: 'JOB_FAILED', subject: 'nightly' } as const
  expect(settingsOf(changes, { ...job, alias: 'AIRFLOW_DAG_FAILED' })).toMatchObject(changed)
  expect(settingsOf(changes, job)).toMatchObject({ quiet: [], remind_s: 86_400 })
  expect(settingsOf(changes, { ...job, subject: 'daily', alias: 'AIRFLOW_DAG_FAILED' }).quiet).toEqual([])
})

test('a program does not start with a file that cannot be used, and names all that is wrong with it', async () => {
  const path = join(temporaryFolder(), 'alerts.toml')
  await Bun.write(path, '[[rule]]\nfailures = 0\n[[rule]]\nrule = "X"\nseverity = "LOW"')
  const problems = () => {
    try {
      readJobsConfig({ ALERT_RULES: path, JOBS_CONCURRENCY: '0' })
      return []
    } catch (thrown) {
      return (thrown as { problems: string[] }).problems
    }
  }
  expect(problems()).toHaveLength(4)
  expect(problems().filter((one) => one.startsWith(`${path}: entry`))).toHaveLength(3)
  await Bun.write(path, '[[rule]]\nfailures = 2')
  expect(problems()).toHaveLength(1)
  expect(readJobsConfig({ ALERT_RULES: path }).alerts.rules).toEqual([
    { rules: null, subjects: null, set: { failures: 2 } },
  ])
  expect(() => readJobsConfig({ ALERT_RULES: `${path}.gone` })).toThrow(
    'is not there; correct ALERT_RULES, or unset it.',
  )
  expect(readJobsConfig({}).alerts.rules).toEqual([])
})
