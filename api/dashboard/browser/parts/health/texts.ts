export const STATUS = {
  ok: { en: 'OK', pt: 'OK' },
  down: { en: 'Down', pt: 'Fora do ar' },
  silent: { en: 'Silent', pt: 'Sem sinal' },
}
export const CHECKS: Record<string, { en: string; pt: string }> = {
  api: { en: 'API', pt: 'API' },
  database: { en: 'Database', pt: 'Banco de dados' },
  writes: { en: 'Database writes', pt: 'Gravação no banco' },
  cache: { en: 'Cache', pt: 'Cache' },
  stream: { en: 'Stream', pt: 'Stream' },
  queue: { en: 'Queue', pt: 'Fila' },
  history: { en: 'History', pt: 'Histórico' },
  journal: { en: 'Journal', pt: 'Diário' },
  objects: { en: 'Files', pt: 'Arquivos' },
  jobs: { en: 'Jobs', pt: 'Jobs' },
  consumers: { en: 'Consumers', pt: 'Consumidores' },
  charts: { en: 'Charts', pt: 'Gráficos' },
}
