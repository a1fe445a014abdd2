export const ORDER_STATUS = {
  pending: { en: 'Pending', pt: 'Pendente' },
  waiting: { en: 'Waiting', pt: 'Aguardando' },
  retrying: { en: 'Retrying', pt: 'Tentando de novo' },
  output: { en: 'Output', pt: 'Saída' },
  dead: { en: 'Dead', pt: 'Morta' },
  purged: { en: 'Purged', pt: 'Descartada' },
}
