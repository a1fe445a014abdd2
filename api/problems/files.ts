import type { ProblemText } from './problem-text.ts'

/** Of the catalogue, of charts and of reports. */
export const FILE_PROBLEMS = {
  chart_being_drawn: {
    kind: 'conflict',
    what: { en: 'The workbook is being drawn.', pt: 'A planilha está sendo desenhada.' },
    action: { en: 'Delete it when it is drawn.', pt: 'Exclua-a quando estiver desenhada.' },
  },
  chart_failed: {
    kind: 'not_found',
    what: {
      en: 'The workbook was not drawn; `detail` says why.',
      pt: 'A planilha não virou gráfico; `detail` diz por quê.',
    },
    action: {
      en: 'Change the workbook as it says, and upload it again.',
      pt: 'Mude a planilha como diz, e envie-a de novo.',
    },
  },
  chart_name_invalid: {
    kind: 'invalid',
    what: { en: 'A file of this name is not drawn.', pt: 'Um arquivo com este nome não vira gráfico.' },
    action: {
      en: 'Send a workbook whose name ends in .xlsx or .csv.',
      pt: 'Envie uma planilha cujo nome termine em .xlsx ou .csv.',
    },
  },
  chart_name_missing: {
    kind: 'invalid',
    what: { en: 'The workbook came without a name.', pt: 'A planilha veio sem nome.' },
    action: {
      en: 'Send it as form field `file`, or name it with ?name=….',
      pt: 'Envie-a no campo `file` do formulário, ou dê o nome com ?name=….',
    },
  },
  chart_name_too_long: {
    kind: 'invalid',
    what: {
      en: 'The name is so long that the files of the chart could not have theirs.',
      pt: 'O nome é tão longo que os arquivos do gráfico não poderiam ter os seus.',
    },
    action: { en: 'Send the workbook with a shorter name.', pt: 'Envie a planilha com um nome mais curto.' },
  },
  chart_name_unusable: {
    kind: 'conflict',
    what: {
      en: 'The file was dropped under a name that nothing else can be done with.',
      pt: 'O arquivo foi posto com um nome com o qual nada mais se pode fazer.',
    },
    action: {
      en: 'Delete or rename the file where it is.',
      pt: 'Exclua ou renomeie o arquivo onde ele está.',
    },
  },
  chart_not_drawn: {
    kind: 'not_found',
    what: { en: 'The chart is not drawn yet.', pt: 'O gráfico ainda não foi desenhado.' },
    action: {
      en: 'Ask again in some seconds, or look at `state` in GET /charts.',
      pt: 'Pergunte de novo em alguns segundos, ou veja `state` em GET /charts.',
    },
  },
  chart_not_found: {
    kind: 'not_found',
    what: {
      en: 'No chart has this id; the workbook may have been replaced before it was drawn.',
      pt: 'Nenhum gráfico tem este id; a planilha pode ter sido substituída antes de ser desenhada.',
    },
    action: { en: 'See GET /charts.', pt: 'Veja GET /charts.' },
  },
  export_busy: {
    kind: 'busy',
    what: { en: 'As many exports as fit are running.', pt: 'Já há tantas exportações em andamento quantas cabem.' },
    action: { en: 'Try again after Retry-After.', pt: 'Tente de novo depois de Retry-After.' },
  },
  export_stalled: {
    kind: 'stalled',
    what: {
      en: 'The client read nothing of the export for too long.',
      pt: 'O cliente ficou tempo demais sem ler a exportação.',
    },
    action: { en: 'Export again, and read without long pauses.', pt: 'Exporte de novo, e leia sem pausas longas.' },
  },
  import_rejected: {
    kind: 'invalid',
    what: {
      en: 'The file, or rows of it, do not fit. Nothing was imported.',
      pt: 'O arquivo, ou linhas dele, não são válidos. Nada foi importado.',
    },
    action: {
      en: 'Correct every line and column that `errors` names, and send the whole file again.',
      pt: 'Corrija cada linha e coluna que `errors` indica, e envie o arquivo inteiro de novo.',
    },
  },
  packaging_not_found: {
    kind: 'not_found',
    what: { en: 'No packaging item has this id.', pt: 'Nenhuma embalagem tem este id.' },
    action: { en: 'See GET /embalagens.', pt: 'Veja GET /embalagens.' },
  },
  report_file_missing: {
    kind: 'not_found',
    what: {
      en: 'The report is known, but this file of it is gone.',
      pt: 'O relatório é conhecido, mas este arquivo dele sumiu.',
    },
    action: {
      en: 'Trigger the job process_data for a new report.',
      pt: 'Dispare o job process_data para um relatório novo.',
    },
  },
  report_not_found: {
    kind: 'not_found',
    what: { en: 'No report has this id.', pt: 'Nenhum relatório tem este id.' },
    action: { en: 'See GET /api/relatorios.', pt: 'Veja GET /api/relatorios.' },
  },
  sku_taken: {
    kind: 'conflict',
    what: { en: 'Another packaging item has this sku.', pt: 'Outra embalagem já tem este sku.' },
    action: {
      en: 'Change that item, or choose another sku.',
      pt: 'Mude aquela embalagem, ou escolha outro sku.',
    },
  },
} as const satisfies Record<string, ProblemText>
