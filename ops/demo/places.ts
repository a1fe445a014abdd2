/** What to look at when the demo has run. */
import type { Translated } from '../../lib/texts.ts'

export function placesToLook(url: string): Array<{ what: Translated; address: string }> {
  return PLACES.map(([path, en, pt]) => ({ what: { en, pt }, address: `${url}${path}` }))
}

const PLACES = [
  ['/', 'what needs a person, KPIs, what runs next', 'o que pede atenção, indicadores, o que vem a seguir'],
  [
    '/runs?state=running',
    'a run that goes on for a quarter of an hour, with its log',
    'uma execução de um quarto de hora, com seu log',
  ],
  [
    '/jobs/demo_daily_sales',
    'a job with its days, its failures and the one after it',
    'um job com seus dias, suas falhas e o que vem depois',
  ],
  ['/jobs/demo_newsletter', 'a paused job, and why', 'um job pausado, e por quê'],
  ['/monitors', 'seven monitors: up, down, slow, waiting', 'sete monitores: no ar, fora, lentos, à espera'],
  ['/alerts', 'open alerts, one of them acknowledged', 'alertas abertos, um deles reconhecido'],
  ['/silences', 'a silence for two days', 'um silêncio de dois dias'],
  [
    '/dead-letters',
    'orders, events and people that died, by their cause, with a note',
    'pedidos, eventos e pessoas que morreram, por causa, com uma anotação',
  ],
  ['/streams', 'topics, their readers, and a lag that was cleared', 'tópicos, quem os lê, e um atraso que passou'],
  ['/events/history?sku=DEMO-CX-01', 'what happened to an item', 'o que aconteceu com um item'],
  ['/people', 'people of a partner, some with accents', 'pessoas de um parceiro, algumas com acentos'],
  ['/replays', 'one sent again and done, others on trial', 'um reenviado e concluído, outros em teste'],
  ['/embalagens?low_stock=true', 'packaging that is running out', 'embalagens que estão acabando'],
  [
    '/charts',
    'workbooks and their charts, one that cannot be drawn',
    'planilhas e seus gráficos, uma que não pode ser desenhada',
  ],
  ['/reports', 'reports of the catalogue', 'relatórios do catálogo'],
  ['/audit', 'who did what', 'quem fez o quê'],
  ['/system', 'programs, backups and their proof', 'programas, backups e sua prova'],
] as const
