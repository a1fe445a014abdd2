/** Opens every channel that the configuration names. */
import type { Channel } from '../channel.ts'
import type { AlertsConfig } from '../config.ts'
import { emailChannel } from './email.ts'
import { logFileChannel } from './log-file.ts'
import { slackChannel } from './slack.ts'
import { teamsChannel } from './teams.ts'
import { telegramChannel } from './telegram.ts'
import { webhookChannel } from './webhook.ts'

export function openChannels(config: AlertsConfig): Channel[] {
  const { email, slack_url, webhook, teams_url, telegram, min_severity: min, group_s, timezone, public_url } = config
  const forPeople = (channel: Channel): Channel => ({ ...channel, group_s })
  const channels = [
    logFileChannel(config.log_path, min.log),
    email && forPeople(emailChannel(email, min.email)),
    slack_url && forPeople(slackChannel(slack_url, min.slack)),
    webhook && webhookChannel(webhook.url, webhook.secret, min.webhook),
    teams_url && forPeople(teamsChannel(teams_url, min.teams)),
    telegram && forPeople(telegramChannel(telegram, min.telegram)),
  ].filter((channel): channel is Channel => Boolean(channel))
  return channels.map(({ send, ...channel }) => ({
    ...channel,
    send: (message, signal) => send({ ...message, timezone, public_url }, signal),
  }))
}
