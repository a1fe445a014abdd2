export const TEXTS = {
  fill: { en: 'Fill', pt: 'Preencher' },
  fill_title: { en: 'Fill system {system}', pt: 'Preencher o sistema {system}' },
  fill_what: {
    en: 'Adds rows of packaging as a shop orders it, with plausible prices. Nothing is sent by that.',
    pt: 'Acrescenta linhas de embalagens como uma loja as pede, com preços plausíveis. Nada é enviado com isso.',
  },
  count: { en: 'Rows', pt: 'Linhas' },
  count_hint: { en: '1 to {most}', pt: '1 a {most}' },
  share: { en: 'FALSE, in percent', pt: 'FALSE, em porcentagem' },
  share_hint: {
    en: 'The share whose security check fails: those end among the dead letters.',
    pt: 'A parte cuja checagem de segurança falha: essas acabam entre as mensagens mortas.',
  },
  no_count: { en: 'A whole number from 1 to {most}.', pt: 'Um número inteiro de 1 a {most}.' },
  no_share: { en: 'A number from 0 to 100.', pt: 'Um número de 0 a 100.' },
  filled: {
    one: { en: '{count} row added to {system}', pt: '{count} linha acrescentada a {system}' },
    other: { en: '{count} rows added to {system}', pt: '{count} linhas acrescentadas a {system}' },
  },
  send: {
    one: { en: 'Send {count} order', pt: 'Enviar {count} pedido' },
    other: { en: 'Send {count} orders', pt: 'Enviar {count} pedidos' },
  },
  send_title: {
    one: { en: 'Send {count} order of system {system}?', pt: 'Enviar {count} pedido do sistema {system}?' },
    other: { en: 'Send {count} orders of system {system}?', pt: 'Enviar {count} pedidos do sistema {system}?' },
  },
  send_what: {
    en: 'Each becomes one message in the queue, and cannot be called back. Consumers begin at once.',
    pt: 'Cada um vira uma mensagem na fila e não pode ser chamado de volta. Os consumidores começam na hora.',
  },
  nothing_pending: { en: 'Nothing to send', pt: 'Nada a enviar' },
  sending: { en: '{done} of {count} sent', pt: '{done} de {count} enviados' },
  sending_why: {
    en: 'It goes on when this page is left.',
    pt: 'Continua mesmo que se saia desta página.',
  },
  sent: {
    one: { en: '{count} order of {system} sent', pt: '{count} pedido de {system} enviado' },
    other: { en: '{count} orders of {system} sent', pt: '{count} pedidos de {system} enviados' },
  },
  not_all: {
    en: 'What was not sent is still pending; send again.',
    pt: 'O que não foi enviado continua pendente; envie de novo.',
  },
}
