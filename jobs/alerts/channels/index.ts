/** Every channel that the configuration names. */
import type { Channel } from '../channel.ts'
import type { AlertsConfig } from '../config.ts'
import { emailChannel } from './email.ts'
import { logFileChannel } from './log-file.ts'
import { slackChannel } from './slack.ts'
import { teamsChannel } from './teams.ts'
import { telegramChannel } from './telegram.ts'
import { webhookChannel } from './webhook.ts'

export function openChannels(config: AlertsConfig): Channel[] {
  const { email, slack_url, webhook, teams_url, telegram, min_severity: min } = config
  return [
    logFileChannel(config.log_path, min.log),
    email && emailChannel(email, min.email),
    slack_url && slackChannel(slack_url, min.slack),
    webhook && webhookChannel(webhook.url, webhook.secret, min.webhook),
    teams_url && teamsChannel(teams_url, min.teams),
    telegram && telegramChannel(telegram, min.telegram),
  ].filter((channel): channel is Channel => Boolean(channel))
}
