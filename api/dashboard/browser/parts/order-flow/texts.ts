export const TEXTS = {
  drawing: { en: 'From the systems through the queue to the output', pt: 'Dos sistemas pela fila até a saída' },
  systems: { en: 'Order systems', pt: 'Sistemas de pedidos' },
  queue: { en: 'On the way', pt: 'A caminho' },
  ends: { en: 'Ended', pt: 'No fim' },
  system: { en: 'System {system}', pt: 'Sistema {system}' },
  pending: { en: 'pending', pt: 'pendentes' },
  sent: { en: 'sent', pt: 'enviados' },
  per_s: { en: '+{count}/s', pt: '+{count}/s' },
}
export const WHERE = {
  waiting: { en: 'in the queue, not tried yet', pt: 'na fila, ainda sem tentativa' },
  retrying: { en: 'failed, and tried again', pt: 'falharam e são tentadas de novo' },
  output: { en: 'in the output database', pt: 'no banco de saída' },
  dead: { en: 'among the dead letters', pt: 'entre as mensagens mortas' },
  purged: { en: 'thrown away', pt: 'jogadas fora' },
}
