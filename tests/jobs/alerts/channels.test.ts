/** Each channel against a real server on loopback: what arrives, and what an error says when it does not. */
import { afterEach, expect, setDefaultTimeout, test } from 'bun:test'
import { createHmac } from 'node:crypto'
import { readFile, rename, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { ChannelError, type Channel } from '../../../db/alerts/delivery/channel.ts'
import { emailChannel } from '../../../db/alerts/delivery/channels/email.ts'
import { logFileChannel } from '../../../db/alerts/delivery/channels/log-file.ts'
import { slackChannel } from '../../../db/alerts/delivery/channels/slack.ts'
import { teamsChannel } from '../../../db/alerts/delivery/channels/teams.ts'
import { telegramChannel } from '../../../db/alerts/delivery/channels/telegram.ts'
import { webhookChannel } from '../../../db/alerts/delivery/channels/webhook.ts'
import { runToEnd, until } from '../../kit/program.ts'
import { ALERT_ID, message } from './message.ts'
import { selfSigned, startHook, startMailServer, startMuteServer } from '../../kit/alert-servers.ts'
import { temporaryFolder } from '../../kit/temporary-folder.ts'

setDefaultTimeout(120_000)

const cleanUps: Array<() => unknown> = []
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp()
})
const folder = temporaryFolder()

const soon = () => AbortSignal.timeout(20_000)
const hook = (tls?: { key: string; cert: string }) => {
  const started = startHook(tls)
  cleanUps.push(started.stop)
  return started
}
async function mailServer(options?: Parameters<typeof startMailServer>[0]) {
  const server = await startMailServer(options)
  cleanUps.push(server.close)
  return server
}
const email = (url: string) =>
  emailChannel({ url, from: 'Doca <doca@example.com>', to: ['ana@example.com', 'it@example.com'] }, 'INFO')

/** What sending fails with; never with a secret of the address. */
async function failure(channel: Channel, signal = soon()): Promise<ChannelError> {
  const thrown = await channel.send(message(), signal).then(
    () => expect.unreachable('it was sent'),
    (err: unknown) => err,
  )
  expect(thrown).toBeInstanceOf(ChannelError)
  expect(Bun.inspect(thrown)).not.toMatch(/s3cret/)
  return thrown as ChannelError
}

const MARKUP = 'a*b_ <!channel> <http://evil|click> [x](http://evil) **bold** @here & `code`'

test('a mail goes to everybody, with one thread for an alert and no header that a job put there', async () => {
  const server = await mailServer()
  const injection = 'night\r\nBcc: evil@example.com\r\n\r\nHello'
  const channel = email(`smtp://127.0.0.1:${server.port}`)
  await channel.send(message({ subject: injection, detail: 'line 1\r\n.\r\nMAIL FROM:<evil@example.com>' }), soon())
  await channel.send(message({ id: 'other', kind: 'resolved', resolved_at: new Date('2026-03-01T12:05:00Z') }), soon())
  expect(server.mails).toHaveLength(2)
  const [first, second] = server.mails.map(({ source }) => source)
  expect(server.mails[0]).toMatchObject({ from: 'doca@example.com', to: ['ana@example.com', 'it@example.com'] })
  const head = first!.slice(0, first!.indexOf('\r\n\r\n'))
  expect(head).toContain('Subject: Erro: o job night Bcc: evil@example.com Hello falhou\r\n')
  expect(head).not.toMatch(/^Bcc/im)
  expect(head).toContain(`Message-ID: <${ALERT_ID}-log-7@example.com>`)
  expect(first).toContain('MAIL FROM:<evil@example.com>')
  for (const source of [first, second]) expect(source).toContain(`References: <${ALERT_ID}@example.com>`)
  expect(second).toContain('Subject: Resolvido: o job process_data parou de falhar')
  expect(second).toContain('Durou: 2 h 5 min')
})

test('with TLS that is trusted a mail is sent with the password; a wrong one is named as that, and not shown', async () => {
  const own = selfSigned()
  const starttls = await mailServer({ ...own, authOptional: false })
  const smtps = await mailServer({ ...own, secure: true, authOptional: false })
  const trusted = join(folder, 'ca.pem')
  await Bun.write(trusted, own.cert)
  const urls = ['s3cret%2Fpa%25ss', 'wr0ng-s3cret'].flatMap((password) => [
    `smtp://doca:${password}@localhost:${starttls.port}`,
    `smtps://doca:${password}@localhost:${smtps.port}`,
  ])
  const { output } = await runToEnd('tests/jobs/alerts/send-mail.ts', urls, { NODE_EXTRA_CA_CERTS: trusted })
  const refused = expect.stringMatching(/^the server refuses user or password: 535 .*not even \*\*\*$/)
  expect(output.trim().split('\n')).toEqual(['sent', 'sent', refused, refused])
  expect(output).not.toContain('s3cret')
  for (const { mails } of [starttls, smtps]) expect(mails).toMatchObject([{ encrypted: true, user: 'doca' }])
})

test('a certificate that nobody vouches for gets neither mail nor password', async () => {
  const own = selfSigned()
  const starttls = await mailServer({ ...own })
  const smtps = await mailServer({ ...own, secure: true })
  const plain = await mailServer()
  const password = 's3cret%2Fpa%25ss'
  expect((await failure(email(`smtp://doca:${password}@localhost:${starttls.port}`))).message).toContain('self signed')
  expect((await failure(email(`smtps://doca:${password}@localhost:${smtps.port}`))).message).toContain('self signed')
  // A server without TLS is not told the password either.
  expect((await failure(email(`smtp://doca:${password}@localhost:${plain.port}`))).message).toStartWith(
    'there is no safe connection',
  )
  for (const { mails } of [starttls, smtps, plain]) expect(mails).toEqual([])
  expect((await failure(slackChannel(hook(own).url, 'INFO'))).message).toContain('certificate is not trusted')
})

test('a server that never says a word is left at the deadline, and the connection is closed', async () => {
  const mute = startMuteServer()
  cleanUps.push(mute.close)
  const { port } = mute
  for (const channel of [
    email(`smtp://127.0.0.1:${port}`),
    email(`smtps://127.0.0.1:${port}`),
    slackChannel(`http://127.0.0.1:${port}/s3cret`, 'INFO'),
    slackChannel(`https://127.0.0.1:${port}/s3cret`, 'INFO'),
  ])
    expect((await failure(channel, AbortSignal.timeout(200))).message).toStartWith('no answer in time')
  await until('the connections to close', () => mute.connections() === 0)
})

test('nobody there, and no such host, are said without the address', async () => {
  expect((await failure(email('smtp://127.0.0.1:1'))).message).toContain('ECONNREFUSED')
  expect((await failure(slackChannel('http://127.0.0.1:1/s3cret', 'INFO'))).message).toBe('the connection was refused')
  expect((await failure(slackChannel('http://s3cret.invalid/', 'INFO'))).message).toContain('no such host')
})

test('Slack gets what others wrote as plain text, within its limits', async () => {
  const slack = hook()
  const long = message({ subject: MARKUP + 'x'.repeat(200), detail: MARKUP + 'y'.repeat(5000) })
  await slackChannel(slack.url, 'INFO').send(long, soon())
  const { body } = slack.requests[0]!
  expect(body.blocks[0]).toMatchObject({ type: 'header', text: { type: 'plain_text' } })
  for (const { text } of body.blocks) {
    expect(text.type).toBe('plain_text')
    expect(text.text.length).toBeLessThanOrEqual(3000)
  }
  expect(body.blocks[0].text.text).toHaveLength(150)
  expect(body.text).toContain('&lt;!channel&gt;')
  expect(body.text).not.toContain('<')
  expect(body.blocks[1].text.text).toStartWith(MARKUP)
  expect(body.blocks[2].text.text).toStartWith('O que fazer: ')
})

test('Teams gets an Adaptive Card whose text runs know no Markdown', async () => {
  const teams = hook()
  await teamsChannel(teams.url, 'INFO').send(message({ detail: MARKUP, locale: 'en' }), soon())
  const { body } = teams.requests[0]!
  expect(body).toMatchObject({
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', content: { type: 'AdaptiveCard' } }],
  })
  const blocks = body.attachments[0].content.body as Array<{ type: string; inlines: Array<{ text: string }> }>
  expect(blocks.every(({ type }) => type === 'RichTextBlock')).toBe(true)
  expect(blocks[0]!.inlines[0]).toMatchObject({ text: 'Error: the job process_data failed', color: 'attention' })
  expect(blocks[1]!.inlines[0]!.text).toBe(MARKUP)
})

test('Telegram gets plain text, without parse_mode and within its limit; what it asks for in its body is honoured', async () => {
  const telegram = hook()
  const bot = { api_url: new URL(telegram.url).origin, token: '123:s3cret', chat_id: '-42' }
  const channel = telegramChannel(bot, 'INFO')
  await channel.send(message({ alias: 'AIRFLOW_DAG_FAILED', detail: MARKUP + 'z'.repeat(9000) }), soon())
  const { body, path } = telegram.requests[0]!
  expect(path).toBe('/bot123:s3cret/sendMessage')
  expect(body.chat_id).toBe('-42')
  expect(body.text).toContain(MARKUP)
  expect(body.text).toStartWith('Erro: o job process_data falhou')
  expect(body.text).toEndWith('Regra: AIRFLOW_DAG_FAILED')
  expect(body.text).toHaveLength(4096)
  expect(Object.keys(body)).toEqual(['chat_id', 'text', 'link_preview_options'])
  telegram.answer = () => Response.json({ ok: false, parameters: { retry_after: 17 } }, { status: 429 })
  expect(await failure(channel)).toMatchObject({ retry_after_s: 17 })
})

test('any webhook gets JSON that its secret has signed', async () => {
  const any = hook()
  const secret = 'a secret that only tests know, 32 bytes'
  await webhookChannel(any.url, secret, 'INFO').send(message({ alias: 'AIRFLOW_DAG_FAILED' }), soon())
  const { headers, text, body } = any.requests[0]!
  const timestamp = headers.get('x-timestamp')!
  expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60)
  const right = createHmac('sha256', secret).update(`${timestamp}.${text}`).digest('hex')
  expect(headers.get('x-signature-256')).toBe(`sha256=${right}`)
  expect(headers.get('x-notification-id')).toBe(body.id)
  expect(body).toMatchObject({
    kind: 'firing',
    name: 'AIRFLOW_DAG_FAILED',
    rule: 'JOB_FAILED',
    severity: 'ERROR',
    detail: 'A execução 1 falhou: boom',
    fired_at: '2026-03-01T10:00:15.000Z',
    resolved_at: null,
  })
  await webhookChannel(any.url, undefined, 'INFO').send(message(), soon())
  expect(any.requests[1]!.headers.get('x-signature-256')).toBeNull()
})

test('an answer that is no success fails with its words, and Retry-After in seconds or as a date', async () => {
  const slack = hook()
  const channel = slackChannel(slack.url, 'INFO')
  slack.answer = () => new Response('slow down', { status: 429, headers: { 'retry-after': '30' } })
  expect(await failure(channel)).toMatchObject({ message: 'answered 429: slow down', retry_after_s: 30 })
  const at = new Date(Date.now() + 120_000).toUTCString()
  slack.answer = () => new Response('', { status: 503, headers: { 'retry-after': at } })
  const dated = await failure(channel)
  expect(dated.retry_after_s).toBeGreaterThan(60)
  expect(dated.retry_after_s).toBeLessThanOrEqual(120)
  slack.answer = () => new Response(`no\r\nservice at ${slack.url}`, { status: 500 })
  expect((await failure(channel)).message).toBe('answered 500: no service at ***')
  slack.answer = () => Response.redirect(hook().url)
  expect((await failure(channel)).message).toStartWith('answered 302')
  // An answer that never ends is not read to its end.
  const endless = () => new Response(new ReadableStream({ pull: (to) => to.enqueue(new Uint8Array(1000)) }))
  slack.answer = endless
  await channel.send(message(), soon())
})

test('alerts.log has a line for each, whatever is in it, and goes on after a rotation or a torn line', async () => {
  const path = join(folder, 'new folder/alerts.log')
  const channel = logFileChannel(path, 'INFO')
  await channel.send(message({ subject: 'a\nb"c', detail: 'line 1\nline 2' }), soon())
  await rename(path, `${path}.1`)
  await Promise.all([1, 2, 3].map((n) => channel.send(message({ failures: n }), soon())))
  await truncate(path, (await readFile(path)).length - 20)
  await channel.send(message({ kind: 'resolved', resolved_at: new Date() }), soon())
  expect(JSON.parse(await readFile(`${path}.1`, 'utf8'))).toMatchObject({ subject: 'a\nb"c', detail: 'line 1\nline 2' })
  const lines = (await readFile(path, 'utf8')).trim().split('\n')
  expect(lines).toHaveLength(4)
  expect(lines.toSpliced(2, 1).map((line) => JSON.parse(line).kind)).toEqual(['firing', 'firing', 'resolved'])
  expect((await failure(logFileChannel(join(path, 'below/a/file'), 'INFO'))).message).toContain('ENOTDIR')
})
