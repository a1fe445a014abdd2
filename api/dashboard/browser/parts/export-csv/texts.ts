export const TEXTS = {
  export: { en: 'Export', pt: 'Exportar' },
  excel: { en: 'CSV for Excel in Brazil (; and decimal comma)', pt: 'CSV para o Excel (; e vírgula decimal)' },
  plain: { en: 'Plain CSV (, and decimal point)', pt: 'CSV simples (, e ponto decimal)' },
}
