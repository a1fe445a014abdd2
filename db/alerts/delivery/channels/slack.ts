/** A Slack incoming webhook. Foreign text goes into plain_text, where neither mentions nor markup work. */
import type { Severity } from '../../rules.ts'
import type { Channel } from '../channel.ts'
import { cut, lines, whatToDo, wordsOf } from '../words.ts'
import { postJson } from './post-json.ts'

/** Slack's limits. */
const MAX_HEADER = 150
const MAX_TEXT = 3000

export function slackChannel(url: string, min_severity: Severity): Channel {
  return {
    name: 'slack',
    min_severity,
    send(message, signal) {
      const { title, detail, link, facts } = wordsOf(message)
      const section = (text: string) => ({ type: 'section', text: plain(text, MAX_TEXT) })
      const body = JSON.stringify({
        // Shown in notifications only, as markup.
        text: escapeMarkup(cut(title, MAX_HEADER)),
        blocks: [
          { type: 'header', text: plain(title, MAX_HEADER) },
          ...inParts(detail).map(section),
          section(whatToDo(message)),
          section(lines(facts)),
          // A plain text is no link.
          ...(link === null ? [] : [{ type: 'section', text: { type: 'mrkdwn', text: `<${escapeMarkup(link)}>` } }]),
        ],
      })
      return postJson({ url, secrets: [new URL(url).pathname], body }, signal)
    },
  }
}

/** The lines of a text, as many together as fit. */
function inParts(text: string): string[] {
  const parts: string[] = []
  for (const line of text === '' ? [] : text.split('\n')) {
    const longer = `${parts.at(-1)}\n${line}`
    if (parts.length > 0 && longer.length <= MAX_TEXT) parts[parts.length - 1] = longer
    else parts.push(line)
  }
  return parts
}

const plain = (text: string, max: number) => ({ type: 'plain_text', text: cut(text, max), emoji: false })

const escapeMarkup = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
