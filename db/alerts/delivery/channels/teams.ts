/**
 * Microsoft Teams: an Adaptive Card for the webhook of a Workflow. Foreign text is in text runs, which know no Markdown.
 */
import type { Severity } from '../../rules.ts'
import type { Channel } from '../channel.ts'
import { cut, whatToDo, wordsOf } from '../words.ts'
import { postJson } from './post-json.ts'

/** A card may have 28 KB. */
const MAX_DETAIL = 4000

export function teamsChannel(url: string, min_severity: Severity): Channel {
  return {
    name: 'teams',
    min_severity,
    send(message, signal) {
      const { title, detail, link, facts } = wordsOf(message)
      const color = message.kind === 'resolved' ? 'good' : COLOR[message.severity]
      const paragraph = (text: string, style: object = {}) => ({
        type: 'RichTextBlock',
        inlines: [{ type: 'TextRun', text, ...style }],
      })
      const content = {
        $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
        type: 'AdaptiveCard',
        version: '1.4',
        body: [
          paragraph(title, { weight: 'bolder', size: 'large', color }),
          ...(detail ? [paragraph(cut(detail, MAX_DETAIL), { fontType: 'monospace' })] : []),
          ...whatToDo(message)
            .split('\n')
            .map((line) => paragraph(line)),
          ...facts.map(([label, value]) => paragraph(`${label}: ${value}`, { isSubtle: true })),
        ],
        ...(link !== null && { actions: [{ type: 'Action.OpenUrl', title: 'Doca', url: link }] }),
      }
      const body = JSON.stringify({
        type: 'message',
        attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
      })
      const { pathname, search } = new URL(url)
      return postJson({ url, secrets: [`${pathname}${search}`, search.slice(1)], body }, signal)
    },
  }
}

const COLOR: Record<Severity, string> = {
  INFO: 'default',
  WARNING: 'warning',
  ERROR: 'attention',
  CRITICAL: 'attention',
}
