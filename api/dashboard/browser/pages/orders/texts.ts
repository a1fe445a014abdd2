export const TEXTS = {
  title: { en: 'Orders', pt: 'Pedidos' },
  flow: { en: 'Where the messages are', pt: 'Onde estão as mensagens' },
  system: { en: 'System {system}', pt: 'Sistema {system}' },
  sum: {
    en: '{sent} sent = {output} output + {dead} dead + {waiting} waiting + {retrying} retrying + {purged} purged',
    pt: '{sent} enviadas = {output} na saída + {dead} mortas + {waiting} aguardando + {retrying} tentando de novo + {purged} descartadas',
  },
  parts: {
    en: '{sent} sent: {output} output, {dead} dead, {waiting} waiting, {retrying} retrying, {purged} purged',
    pt: '{sent} enviadas: {output} na saída, {dead} mortas, {waiting} aguardando, {retrying} tentando de novo, {purged} descartadas',
  },
  share: { en: '{status}: {count} of {sent}', pt: '{status}: {count} de {sent}' },
  balance: { en: 'Balance', pt: 'Balanço' },
  nothing: { en: 'Nothing sent yet', pt: 'Nada enviado ainda' },
  at_rest_why: {
    one: {
      en: 'It adds up: the message that was sent has ended.',
      pt: 'A conta fecha: a mensagem enviada chegou ao fim.',
    },
    other: {
      en: 'It adds up: all {count} messages that were sent have ended.',
      pt: 'A conta fecha: todas as {count} mensagens enviadas chegaram ao fim.',
    },
  },
  moving_why: {
    one: { en: '{count} message is on its way.', pt: '{count} mensagem está a caminho.' },
    other: { en: '{count} messages are on their way.', pt: '{count} mensagens estão a caminho.' },
  },
  settling_why: {
    en: 'The figures have just changed.',
    pt: 'Os números acabaram de mudar.',
  },
  paused_why: {
    one: { en: '{count} message waits for a decision.', pt: '{count} mensagem espera uma decisão.' },
    other: { en: '{count} messages wait for a decision.', pt: '{count} mensagens esperam uma decisão.' },
  },
  off_why: {
    en: 'Nothing is on its way, and what was sent is not all accounted for. These messages do not fit:',
    pt: 'Nada está a caminho, e o que foi enviado não está todo explicado. Estas mensagens não batem:',
  },
  nothing_why: {
    en: 'Fill a system, look at its orders, and send them.',
    pt: 'Preencha um sistema, veja os pedidos e envie.',
  },
  misfit: { en: 'Message', pt: 'Mensagem' },
  misfit_system: { en: 'System', pt: 'Sistema' },
  misfit_why: { en: 'What does not fit', pt: 'O que não bate' },
  misfits_gone: { en: 'It adds up again', pt: 'A conta fechou de novo' },
  policy_where: {
    en: 'ORDERS_MAX_ATTEMPTS and ORDERS_RETRY_DELAY_S. A message that can never succeed is dead at once.',
    pt: 'ORDERS_MAX_ATTEMPTS e ORDERS_RETRY_DELAY_S. Uma mensagem que nunca pode ter êxito morre na hora.',
  },
  systems: { en: 'Order systems', pt: 'Sistemas de pedidos' },
  preview: { en: 'Preview', pt: 'Prévia' },
  rows: { en: 'All orders', pt: 'Todos os pedidos' },
  figures: { en: 'Figures of system {system}', pt: 'Números do sistema {system}' },
}
export const BALANCE = {
  at_rest: { en: 'At rest', pt: 'Em repouso' },
  moving: { en: 'Moving', pt: 'Em movimento' },
  paused: { en: 'Paused', pt: 'Pausado' },
  off: { en: 'Does not add up', pt: 'Não fecha' },
}
export const MISFIT = {
  lost: {
    en: 'It was sent, and is neither in the output, nor dead, nor on its way.',
    pt: 'Foi enviada e não está na saída, nem morta, nem a caminho.',
  },
  not_marked: {
    en: 'It has ended, and its row is not marked as sent; the next send marks it.',
    pt: 'Chegou ao fim, e a linha não está marcada como enviada; o próximo envio marca.',
  },
  unreadable: {
    en: 'It could not be read; its dead letter says why.',
    pt: 'Não pôde ser lida; a mensagem morta diz por quê.',
  },
  without_row: { en: 'Its row is gone from the system.', pt: 'A linha dela sumiu do sistema.' },
  without_letter: {
    en: 'It is dead, and no dead letter of it is.',
    pt: 'Está morta, e não está entre as mensagens mortas.',
  },
  not_in_bin: {
    en: 'It was thrown away, and its dead letter is not in the bin.',
    pt: 'Foi jogada fora, e não está na lixeira.',
  },
  twice: { en: 'It is in the output, and dead as well.', pt: 'Está na saída e também morta.' },
}
