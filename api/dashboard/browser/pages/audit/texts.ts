export const TEXTS = {
  title: { en: 'Audit', pt: 'Auditoria' },
  at: { en: 'When', pt: 'Quando' },
  actor: { en: 'By', pt: 'Quem' },
  action: { en: 'Action', pt: 'Ação' },
  target: { en: 'What', pt: 'O quê' },
  address: { en: 'From', pt: 'De onde' },
  details: { en: 'Details', pt: 'Detalhes' },
  machine: { en: 'the machine', pt: 'a máquina' },
  with_key: { en: 'with an API key', pt: 'com uma chave de API' },
  filter_actor: { en: 'User', pt: 'Usuário' },
  filter_target: { en: 'User, job, SKU or file', pt: 'Usuário, job, SKU ou arquivo' },
}
