export const TEXTS = {
  title: { en: 'Reports', pt: 'Relatórios' },
  name: { en: 'Report', pt: 'Relatório' },
  made: { en: 'Made', pt: 'Feito' },
  figures: { en: 'Main figures', pt: 'Principais números' },
  files: { en: 'Files', pt: 'Arquivos' },
  none: { en: 'No report yet', pt: 'Nenhum relatório ainda' },
  none_how: {
    en: 'The job process_data makes one each night; start it to have one now.',
    pt: 'O job process_data faz um toda noite; inicie-o para ter um agora.',
  },
}
