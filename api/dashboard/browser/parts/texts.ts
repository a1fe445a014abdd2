export const TEXTS = {
  loading: { en: 'Loading…', pt: 'Carregando…' },
  try_again: { en: 'Try again', pt: 'Tentar de novo' },
  failed: { en: 'This could not be loaded.', pt: 'Não foi possível carregar.' },
  offline: {
    en: 'Doca cannot be reached. It is asked again by itself.',
    pt: 'O Doca está fora de alcance. Tentamos de novo sozinhos.',
  },
  offline_action: {
    en: 'Doca cannot be reached; nothing was changed. Try again.',
    pt: 'O Doca está fora de alcance; nada foi alterado. Tente de novo.',
  },
  forbidden: { en: 'Your role does not open this.', pt: 'O seu papel não abre esta página.' },
  missing: { en: 'This does not exist, or no longer.', pt: 'Isto não existe, ou não existe mais.' },
  cancel: { en: 'Cancel', pt: 'Cancelar' },
  close: { en: 'Close', pt: 'Fechar' },
  more: { en: 'Show more', pt: 'Mostrar mais' },
  now: { en: 'just now', pt: 'agora' },
  filter: { en: 'Filter', pt: 'Filtrar' },
  clear_filter: { en: 'Show all', pt: 'Mostrar tudo' },
  nothing_found: { en: 'Nothing fits the filter', pt: 'Nada corresponde ao filtro' },
  conf: { en: 'Input (JSON)', pt: 'Entrada (JSON)' },
  notices: { en: 'Notices', pt: 'Avisos' },
}
