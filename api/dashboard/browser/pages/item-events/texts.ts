export const TEXTS = {
  title: { en: 'History of an item', pt: 'Histórico de um item' },
  title_of: { en: 'History of {sku}', pt: 'Histórico de {sku}' },
  sku: { en: 'SKU', pt: 'SKU' },
  day: { en: 'Day (UTC)', pt: 'Dia (UTC)' },
  which: { en: 'Of which item?', pt: 'De qual item?' },
  which_how: {
    en: 'Type its SKU above, or come from its page in the catalogue.',
    pt: 'Digite o SKU acima ou venha da página do item no catálogo.',
  },
  none: { en: 'Nothing has happened to {sku} yet', pt: 'Nada aconteceu com {sku} ainda' },
  none_how: {
    en: 'Sales, returns, purchases and adjustments come by POST /events, and are here once they are processed.',
    pt: 'Vendas, devoluções, compras e ajustes chegam por POST /events e aparecem aqui depois de processados.',
  },
  item_then: { en: 'The item then: {name}', pt: 'O item na época: {name}' },
  item_unknown: {
    en: 'No item of this SKU was in the catalogue then.',
    pt: 'Nenhum item com este SKU estava no catálogo na época.',
  },
  event: { en: 'Event', pt: 'Evento' },
  trace: { en: 'Trace', pt: 'Rastro' },
  to_item: { en: 'The item in the catalogue', pt: 'O item no catálogo' },
  list: { en: 'Events, newest first', pt: 'Eventos, do mais novo ao mais antigo' },
}

export const KIND = {
  sale: { en: 'Sale', pt: 'Venda' },
  return: { en: 'Return', pt: 'Devolução' },
  purchase: { en: 'Purchase', pt: 'Compra' },
  adjustment: { en: 'Adjustment', pt: 'Ajuste' },
}
