import type { ProblemText } from './problem-text.ts'

export const ORDER_PROBLEMS = {
  consumer_not_paused: {
    kind: 'conflict',
    what: { en: 'The consumer is not paused.', pt: 'O consumidor não está pausado.' },
    action: {
      en: 'See GET /orders/consumer, /events/consumer or /people/consumer for what it does; somebody else may have decided.',
      pt: 'Veja em GET /orders/consumer, /events/consumer ou /people/consumer o que ele faz; outra pessoa pode ter decidido.',
    },
  },
  order_message_not_found: {
    kind: 'not_found',
    what: { en: 'No order system has this message.', pt: 'Nenhum sistema de pedidos tem esta mensagem.' },
    action: {
      en: 'See GET /systems/{system}/orders for the ids of messages.',
      pt: 'Veja em GET /systems/{system}/orders os ids das mensagens.',
    },
  },
  order_message_not_waiting: {
    kind: 'conflict',
    what: {
      en: 'The message does not wait for its next attempt.',
      pt: 'A mensagem não está esperando a próxima tentativa.',
    },
    action: {
      en: 'See GET /orders/messages/{message_id} for what it does.',
      pt: 'Veja em GET /orders/messages/{message_id} o que ela faz.',
    },
  },
  system_not_found: {
    kind: 'not_found',
    what: { en: 'There is no order system of this name.', pt: 'Não existe sistema de pedidos com este nome.' },
    action: {
      en: 'Use one that `detail` names; SYSTEMS has them.',
      pt: 'Use um dos que `detail` cita; SYSTEMS tem todos.',
    },
  },
  system_unavailable: {
    kind: 'unavailable',
    what: {
      en: 'The database of an order system, or of the output, does not do what it is asked.',
      pt: 'O banco de dados de um sistema de pedidos, ou o da saída, não faz o que se pede.',
    },
    action: {
      en: 'Try again after Retry-After. If it lasts, tell whoever looks after the system.',
      pt: 'Tente de novo depois de Retry-After. Se continuar, avise quem cuida do sistema.',
    },
  },
} as const satisfies Record<string, ProblemText>
