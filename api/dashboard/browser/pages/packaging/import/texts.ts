export const TEXTS = {
  import: { en: 'Import', pt: 'Importar' },
  import_title: { en: 'Import items', pt: 'Importar embalagens' },
  import_hint: {
    en: 'CSV or .xlsx; the first row names the columns',
    pt: 'CSV ou .xlsx; a primeira linha dá nome às colunas',
  },
  sending: { en: 'Sending {file}…', pt: 'Enviando {file}…' },
  checking: { en: 'Checking every row of {file}…', pt: 'Verificando cada linha de {file}…' },
  writing: { en: 'Writing {file}…', pt: 'Gravando {file}…' },
  would: {
    en: 'This is what {file} would do. Nothing is written yet.',
    pt: 'É isto que {file} faria. Nada foi gravado ainda.',
  },
  created: { one: { en: '{count} new', pt: '{count} nova' }, other: { en: '{count} new', pt: '{count} novas' } },
  updated: {
    one: { en: '{count} changed', pt: '{count} alterada' },
    other: { en: '{count} changed', pt: '{count} alteradas' },
  },
  unchanged: {
    one: { en: '{count} as it is', pt: '{count} igual' },
    other: { en: '{count} as they are', pt: '{count} iguais' },
  },
  new_items: { en: 'New items', pt: 'Embalagens novas' },
  changed_items: { en: 'Changed items', pt: 'Embalagens alteradas' },
  item: { en: 'Item', pt: 'Embalagem' },
  differences: { en: 'What changes', pt: 'O que muda' },
  write: {
    one: { en: 'Import {count} item', pt: 'Importar {count} embalagem' },
    other: { en: 'Import {count} items', pt: 'Importar {count} embalagens' },
  },
  nothing_to_write: { en: 'Every item is as the file has it already.', pt: 'Tudo já está como no arquivo.' },
  imported: {
    one: { en: '{count} item was imported', pt: '{count} embalagem foi importada' },
    other: { en: '{count} items were imported', pt: '{count} embalagens foram importadas' },
  },
  line: { en: 'Line', pt: 'Linha' },
  column: { en: 'Column', pt: 'Coluna' },
  mistake: { en: 'Mistake', pt: 'Erro' },
  mistakes: { en: 'Mistakes in the file', pt: 'Erros no arquivo' },
  more: { en: 'and {count} more', pt: 'e mais {count}' },
  other_file: { en: 'Another file', pt: 'Outro arquivo' },
}
