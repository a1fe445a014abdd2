export const TEXTS = {
  title: { en: 'Reports', pt: 'Relatórios' },
  name: { en: 'Report', pt: 'Relatório' },
  day: { en: 'Made on the day', pt: 'Feito no dia' },
  figures: { en: 'Main figures', pt: 'Principais números' },
  run: { en: 'Run', pt: 'Execução' },
  run_link: { en: 'See the run', pt: 'Ver a execução' },
  files: { en: 'Files', pt: 'Arquivos' },
  download: { en: 'Download as {format}', pt: 'Baixar como {format}' },
  none: { en: 'No report yet', pt: 'Nenhum relatório ainda' },
  none_how: {
    en: 'The job process_data makes one each night; make one now above.',
    pt: 'O job process_data faz um toda noite; faça um agora acima.',
  },
  none_viewer: {
    en: 'The job process_data makes one each night.',
    pt: 'O job process_data faz um toda noite.',
  },
  none_that_day: { en: 'No report was made on that day', pt: 'Nenhum relatório foi feito nesse dia' },
  make: { en: 'Make one now', pt: 'Fazer um agora' },
  make_what: {
    en: 'The stock of the catalogue as it is now: in figures, as a table and as a chart. One is made each night by itself.',
    pt: 'O estoque do catálogo como está agora: em números, em tabela e em gráfico. Um é feito sozinho toda noite.',
  },
  run_queued: { en: 'Waits for a free worker', pt: 'Aguarda um worker livre' },
  run_running: { en: 'Is being made', pt: 'Sendo feito' },
  run_succeeded: { en: 'It is the first in the list', pt: 'É o primeiro da lista' },
  run_failed: { en: 'It could not be made', pt: 'Não foi possível fazer' },
  run_cancelled: { en: 'Somebody has cancelled it', pt: 'Alguém cancelou' },
  picture_of: { en: 'Chart of the report {name}', pt: 'Gráfico do relatório {name}' },
  picture_gone: { en: 'Its picture is no longer there.', pt: 'A imagem dele não está mais lá.' },
}
export const NAMES = {
  packaging: { en: 'Stock of the catalogue', pt: 'Estoque do catálogo' },
}
export const FIGURES = {
  items: { en: 'Items', pt: 'Embalagens' },
  stock: { en: 'Pieces in stock', pt: 'Peças em estoque' },
  stock_value: { en: 'Stock value', pt: 'Valor do estoque' },
  low_stock: { en: 'Low', pt: 'Estoque baixo' },
}
