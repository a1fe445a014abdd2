export const TEXTS = {
  title: { en: 'Packaging', pt: 'Embalagens' },
  new: { en: 'New item', pt: 'Nova embalagem' },
  material: { en: 'Material', pt: 'Material' },
  any: { en: 'Any material', pt: 'Qualquer material' },
  stock: { en: 'Stock', pt: 'Estoque' },
  all: { en: 'All', pt: 'Todas' },
  low: { en: 'Low stock', pt: 'Estoque baixo' },
  low_badge: { en: 'Low', pt: 'Baixo' },
  recyclable: { en: 'Recyclable', pt: 'Recicláveis' },
  sku: { en: 'SKU', pt: 'SKU' },
  name: { en: 'Name', pt: 'Nome' },
  supplier: { en: 'Supplier', pt: 'Fornecedor' },
  cost: { en: 'Unit cost', pt: 'Custo unitário' },
  changed: { en: 'Changed', pt: 'Alterada' },
  none: { en: 'The catalogue is empty', pt: 'O catálogo está vazio' },
  none_how: {
    en: 'Import a spreadsheet, or add the first item.',
    pt: 'Importe uma planilha ou cadastre a primeira embalagem.',
  },
  none_viewer: {
    en: 'An operator can import a spreadsheet, or add the first item.',
    pt: 'Um operador pode importar uma planilha ou cadastrar a primeira embalagem.',
  },
  page_gone: { en: 'This page is of another list', pt: 'Esta página é de outra lista' },
  first_page: { en: 'Go to the first page', pt: 'Ir para a primeira página' },
  count: {
    one: { en: '{count} item', pt: '{count} embalagem' },
    other: { en: '{count} items', pt: '{count} embalagens' },
  },
  chosen: {
    one: { en: '{count} item chosen', pt: '{count} embalagem escolhida' },
    other: { en: '{count} items chosen', pt: '{count} embalagens escolhidas' },
  },
  choose_none: { en: 'Choose none', pt: 'Desmarcar' },
  more_chosen: { en: 'and {count} more', pt: 'e mais {count}' },
  delete: { en: 'Delete…', pt: 'Excluir…' },
  delete_undo: {
    en: 'You can undo this; later, the page of each item brings it back.',
    pt: 'Você pode desfazer; depois, a página de cada uma a restaura.',
  },
  delete_count: { en: 'Delete {count}', pt: 'Excluir {count}' },
  delete_word: { en: 'delete', pt: 'excluir' },
  delete_title: {
    one: { en: 'Delete {count} item?', pt: 'Excluir {count} embalagem?' },
    other: { en: 'Delete {count} items?', pt: 'Excluir {count} embalagens?' },
  },
  deleted: {
    one: { en: '{count} item is deleted', pt: '{count} embalagem foi excluída' },
    other: { en: '{count} items are deleted', pt: '{count} embalagens foram excluídas' },
  },
  not_deleted: {
    one: {
      en: '{name} was not deleted: somebody has changed it meanwhile.',
      pt: '{name} não foi excluída: alguém a alterou nesse meio-tempo.',
    },
    other: {
      en: '{count} items were not deleted, {name} among them: somebody has changed them meanwhile.',
      pt: '{count} embalagens não foram excluídas, entre elas {name}: alguém as alterou nesse meio-tempo.',
    },
  },
  restored: {
    one: { en: '{count} item is back', pt: '{count} embalagem voltou' },
    other: { en: '{count} items are back', pt: '{count} embalagens voltaram' },
  },
  not_restored: {
    one: { en: '{name} could not be brought back.', pt: '{name} não pôde ser restaurada.' },
    other: {
      en: '{count} items could not be brought back, {name} among them.',
      pt: '{count} embalagens não puderam ser restauradas, entre elas {name}.',
    },
  },
}
