/** A problem, and the list of all, as pages that load nothing. */
import type { Locale } from '../../lib/texts.ts'
import type { ProblemDescription } from './model.ts'

const STYLE =
  'body{max-width:44rem;margin:3rem auto;padding:0 1rem;font:1rem/1.6 system-ui,sans-serif;color-scheme:light dark}' +
  'code{font-family:ui-monospace,monospace}dt{margin-top:1rem}dd{margin:0}'

const STYLE_HASH = new Bun.CryptoHasher('sha256').update(STYLE).digest('base64')

export const PAGE_POLICY = `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

const WORDS = {
  en: { all: 'All problems', action: 'What to do', list: 'Problems of the Doca API' },
  'pt-BR': { all: 'Todos os problemas', action: 'O que fazer', list: 'Problemas da API do Doca' },
}

export function problemPage({ code, status, title, what, action }: ProblemDescription, locale: Locale): string {
  const words = WORDS[locale]
  const body = `<h1><code>${code}</code></h1>
<p>${status} ${title}</p>
<p>${markedUp(what)}</p>
<h2>${words.action}</h2>
<p>${markedUp(action)}</p>
<p><a href="/docs/problems">${words.all}</a> · <a href="/docs">API</a></p>`
  return document(code, body, locale)
}

export function listPage(problems: ProblemDescription[], locale: Locale): string {
  const { list } = WORDS[locale]
  const items = problems.map(
    ({ type, code, status, what }) =>
      `<dt><a href="${type}"><code>${code}</code></a> ${status}</dt><dd>${markedUp(what)}</dd>`,
  )
  return document(list, `<h1>${list}</h1>\n<dl>\n${items.join('\n')}\n</dl>`, locale)
}

/** The texts are ours; what stands between backticks is code. */
const markedUp = (text: string) => Bun.escapeHTML(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>')

const document = (title: string, body: string, locale: Locale) => `<!doctype html>
<html lang="${locale}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Doca</title>
<style>${STYLE}</style>
</head>
<body>
${body}
</body>
</html>
`
