export const TEXTS = {
  title: { en: 'Charts', pt: 'Gráficos' },
  hint: {
    en: '.xlsx or .csv; the table and its measures are found by themselves',
    pt: '.xlsx ou .csv; a tabela e as medidas são encontradas sozinhas',
  },
  sending: { en: 'Sending {file}…', pt: 'Enviando {file}…' },
  drawing: { en: 'Being drawn…', pt: 'Desenhando…' },
  failed: { en: 'Not drawn', pt: 'Não desenhado' },
  none: { en: 'No chart yet', pt: 'Nenhum gráfico ainda' },
  none_how: {
    en: 'Drop a workbook above: its picture appears here within seconds.',
    pt: 'Solte uma planilha acima: o gráfico aparece aqui em segundos.',
  },
  picture_of: { en: 'Chart of {file}', pt: 'Gráfico de {file}' },
}
