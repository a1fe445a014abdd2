export const TEXTS = {
  progress: { en: 'Progress', pt: 'Progresso' },
  facts: { en: 'Facts', pt: 'Dados' },
  letters: { en: 'Its letters', pt: 'Suas mensagens' },
  pause: { en: 'Pause', pt: 'Pausar' },
  resume: { en: 'Resume', pt: 'Retomar' },
  cancel: { en: 'Cancel…', pt: 'Cancelar…' },
  cancel_verb: { en: 'Take {count} back', pt: 'Retirar {count}' },
  cancel_none: { en: 'Cancel the replay', pt: 'Cancelar o reenvio' },
  cancel_title: {
    one: { en: 'Take back {count} letter that is not sent yet?', pt: 'Retirar {count} mensagem ainda não enviada?' },
    other: {
      en: 'Take back {count} letters that are not sent yet?',
      pt: 'Retirar {count} mensagens ainda não enviadas?',
    },
  },
  cancel_why: {
    en: 'They are dead as before, and can be sent again by another replay.',
    pt: 'Ficam mortas como antes e podem ir em outro reenvio.',
  },
  cancel_waiting: {
    one: {
      en: '{count} letter is on its way already; it is followed to its end.',
      pt: '{count} mensagem já está a caminho; ela será acompanhada até o fim.',
    },
    other: {
      en: '{count} letters are on their way already; they are followed to their end.',
      pt: '{count} mensagens já estão a caminho; serão acompanhadas até o fim.',
    },
  },
  paused_now: { en: '{name} is paused; nothing more is sent', pt: '{name} está pausado; nada mais é enviado' },
  resumed: { en: '{name} goes on', pt: '{name} continua' },
  cancelled: {
    one: { en: '{count} letter was taken back', pt: '{count} mensagem foi retirada' },
    other: { en: '{count} letters were taken back', pt: '{count} mensagens foram retiradas' },
  },
  resume_title: {
    one: {
      en: 'Send the other {count} letter although the canary died?',
      pt: 'Enviar a outra {count} mensagem mesmo com o canário morto?',
    },
    other: {
      en: 'Send the other {count} letters although the canary died?',
      pt: 'Enviar as outras {count} mensagens mesmo com o canário morto?',
    },
  },
  resume_why: {
    en: 'Of the first {canary}, {died} died again. What has not been mended will die again for the others, too.',
    pt: 'Das primeiras {canary}, {died} morreram de novo. O que não foi corrigido vai matar as outras também.',
  },
  resume_all: { en: 'Send the others', pt: 'Enviar as outras' },
  resume_word: { en: 'send', pt: 'enviar' },
  canary: { en: 'Canary', pt: 'Canário' },
  canary_none: { en: 'None: all went at once.', pt: 'Nenhum: todas foram de uma vez.' },
  canary_going: {
    one: {
      en: 'The first letter goes alone; the rest waits for its end.',
      pt: 'A primeira vai sozinha; o resto espera o fim dela.',
    },
    other: {
      en: 'The first {count} letters go alone; the rest waits for their end.',
      pt: 'As primeiras {count} mensagens vão sozinhas; o resto espera o fim delas.',
    },
  },
  canary_failed: {
    one: {
      en: '{count} letter of the canary died again, so the rest was not sent. See why, mend it, and resume; or cancel.',
      pt: '{count} mensagem do canário morreu de novo, e o resto não foi enviado. Veja por quê, corrija e retome; ou cancele.',
    },
    other: {
      en: '{count} letters of the canary died again, so the rest was not sent. See why, mend it, and resume; or cancel.',
      pt: '{count} mensagens do canário morreram de novo, e o resto não foi enviado. Veja por quê, corrija e retome; ou cancele.',
    },
  },
  canary_stopped: {
    one: {
      en: '{count} letter of the canary died again, and the rest was not sent.',
      pt: '{count} mensagem do canário morreu de novo, e o resto não foi enviado.',
    },
    other: {
      en: '{count} letters of the canary died again, and the rest was not sent.',
      pt: '{count} mensagens do canário morreram de novo, e o resto não foi enviado.',
    },
  },
  canary_overruled: {
    one: {
      en: '{count} letter of the canary died again; somebody sent the rest all the same.',
      pt: '{count} mensagem do canário morreu de novo; alguém enviou o resto mesmo assim.',
    },
    other: {
      en: '{count} letters of the canary died again; somebody sent the rest all the same.',
      pt: '{count} mensagens do canário morreram de novo; alguém enviou o resto mesmo assim.',
    },
  },
  canary_passed: {
    one: { en: 'The first letter succeeded, and the rest followed.', pt: 'A primeira deu certo, e o resto foi atrás.' },
    other: {
      en: 'The first {count} letters succeeded, and the rest followed.',
      pt: 'As primeiras {count} mensagens deram certo, e o resto foi atrás.',
    },
  },
  canary_was_all: {
    en: 'All letters of this replay went as its canary.',
    pt: 'Todas as mensagens deste reenvio foram como canário.',
  },
  source: { en: 'Source', pt: 'Fonte' },
  total: { en: 'Letters', pt: 'Mensagens' },
  selection: { en: 'Chosen by', pt: 'Escolhidas por' },
  by_ids: { en: 'one by one', pt: 'uma a uma' },
  by_group: { en: 'their cause', pt: 'sua causa' },
  by_filter: { en: 'a filter', pt: 'um filtro' },
  by_all: { en: 'all that were dead', pt: 'todas as mortas' },
  rate: { en: 'Rate', pt: 'Ritmo' },
  per_second: { en: '{rate} per second', pt: '{rate} por segundo' },
  by: { en: 'Started by', pt: 'Iniciado por' },
  began: { en: 'Began', pt: 'Começou' },
  ended: { en: 'Ended', pt: 'Terminou' },
  taken: { en: 'Left to other replays', pt: 'Deixadas a outros reenvios' },
  lasted: { en: 'Lasted', pt: 'Durou' },
  outcome: { en: 'Outcome', pt: 'Resultado' },
  all: { en: 'All', pt: 'Todas' },
  position: { en: 'Turn', pt: 'Vez' },
  message: { en: 'Message', pt: 'Mensagem' },
  deleted: { en: 'deleted since', pt: 'apagada depois' },
  origin: { en: 'From', pt: 'Origem' },
  sent: { en: 'Sent', pt: 'Enviada' },
  took: { en: 'Took', pt: 'Demorou' },
  again: { en: 'New letter', pt: 'Nova morte' },
  look: { en: 'look', pt: 'ver' },
  empty: { en: 'It has no letter', pt: 'Não há mensagem nele' },
}
