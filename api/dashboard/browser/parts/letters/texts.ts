export const STATES = {
  dead: { en: 'Dead', pt: 'Morta' },
  replayed: { en: 'Sent again', pt: 'Reenviada' },
  purged: { en: 'In the bin', pt: 'Na lixeira' },
  replaced: { en: 'Replaced by its copy', pt: 'Trocada por sua cópia' },
}
export const REPLAYS = {
  canary: { en: 'Canary', pt: 'Canário' },
  running: { en: 'Running', pt: 'Em andamento' },
  paused: { en: 'Paused', pt: 'Pausado' },
  canary_failed: { en: 'Canary died', pt: 'Canário morreu' },
  done: { en: 'Done', pt: 'Concluído' },
  cancelled: { en: 'Cancelled', pt: 'Cancelado' },
}
export const OUTCOMES = {
  pending: { en: 'Not sent yet', pt: 'Não enviada' },
  sending: { en: 'Being sent', pt: 'Sendo enviada' },
  sent: { en: 'On its way', pt: 'A caminho' },
  succeeded: { en: 'Succeeded', pt: 'Deu certo' },
  died_again: { en: 'Died again', pt: 'Morreu de novo' },
  gone: { en: 'Gone before its turn', pt: 'Saiu antes da vez' },
  undone: { en: 'Taken back', pt: 'Retirada' },
}
export const TEXTS = {
  letter: { en: 'Message', pt: 'Mensagem' },
  remove: { en: 'Move to the bin', pt: 'Mover para a lixeira' },
  remove_many: {
    one: { en: 'Move {count} to the bin…', pt: 'Mover {count} para a lixeira…' },
    other: { en: 'Move {count} to the bin…', pt: 'Mover {count} para a lixeira…' },
  },
  remove_title: {
    one: { en: 'Move {count} dead letter to the bin?', pt: 'Mover {count} mensagem morta para a lixeira?' },
    other: { en: 'Move {count} dead letters to the bin?', pt: 'Mover {count} mensagens mortas para a lixeira?' },
  },
  remove_why: {
    en: 'Nothing is sent again. You can undo this, and for 30 days the bin gives each back.',
    pt: 'Nada é reenviado. Você pode desfazer, e por 30 dias a lixeira devolve cada uma.',
  },
  remove_count: {
    one: { en: 'Move {count}', pt: 'Mover {count}' },
    other: { en: 'Move {count}', pt: 'Mover {count}' },
  },
  remove_word: { en: 'bin', pt: 'lixeira' },
  removed: {
    one: { en: '{count} dead letter is in the bin', pt: '{count} mensagem morta está na lixeira' },
    other: { en: '{count} dead letters are in the bin', pt: '{count} mensagens mortas estão na lixeira' },
  },
  held: {
    en: 'A storm of failures has paused the consumer of {consumer}: no replay of them goes on until somebody decides. It paused',
    pt: 'Uma onda de falhas pausou o consumidor de {consumer}: nenhum reenvio deles continua até alguém decidir. Pausou',
  },
  decide: { en: 'Decide', pt: 'Decidir' },
  restore: { en: 'Bring back', pt: 'Trazer de volta' },
  restore_many: {
    one: { en: 'Bring {count} back', pt: 'Trazer {count} de volta' },
    other: { en: 'Bring {count} back', pt: 'Trazer {count} de volta' },
  },
  restored: {
    one: { en: '{count} dead letter is back', pt: '{count} mensagem morta voltou' },
    other: { en: '{count} dead letters are back', pt: '{count} mensagens mortas voltaram' },
  },
}
