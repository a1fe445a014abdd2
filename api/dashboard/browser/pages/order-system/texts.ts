export const TEXTS = {
  title: { en: 'Orders of system {system}', pt: 'Pedidos do sistema {system}' },
  view: { en: 'Show', pt: 'Mostrar' },
  rows: { en: 'Rows', pt: 'Linhas' },
  as_messages: { en: 'As messages', pt: 'Como mensagens' },
  none: { en: 'This system has no orders yet', pt: 'Este sistema ainda não tem pedidos' },
  none_how: {
    en: '“Fill” adds as many as you like.',
    pt: '“Preencher” acrescenta quantos quiser.',
  },
  none_viewer: { en: 'An operator can add some.', pt: 'Um operador pode acrescentar.' },
  none_here: { en: 'No order of this system is here now', pt: 'Nenhum pedido deste sistema está aqui agora' },
  nothing_pending: { en: 'Everything is sent', pt: 'Tudo foi enviado' },
  would_be_sent: {
    one: {
      en: '{count} message would be sent. Nothing is sent by looking.',
      pt: '{count} mensagem seria enviada. Olhar não envia nada.',
    },
    other: {
      en: '{count} messages would be sent. Nothing is sent by looking.',
      pt: '{count} mensagens seriam enviadas. Olhar não envia nada.',
    },
  },
  message: { en: 'Message', pt: 'Mensagem' },
  succeeds_on: { en: 'Succeeds on', pt: 'Tem êxito na' },
  attempt: { en: 'attempt {attempt}', pt: 'tentativa {attempt}' },
  never: { en: 'never: dead after {count}', pt: 'nunca: morta após {count}' },
  body: { en: 'As it is sent', pt: 'Como é enviada' },
  created: { en: 'Created', pt: 'Criado' },
  sent: { en: 'Sent', pt: 'Enviado' },
}
