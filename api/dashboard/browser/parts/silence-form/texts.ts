export const TEXTS = {
  new: { en: 'New silence', pt: 'Novo silêncio' },
  silence: { en: 'Silence', pt: 'Silenciar' },
  title: { en: 'Silence alerts', pt: 'Silenciar alertas' },
  why: {
    en: 'They are recorded and not told until the silence ends by itself. What still fires then is told.',
    pt: 'Ficam registrados, sem aviso, até o silêncio terminar sozinho. O que ainda estiver disparado é avisado então.',
  },
  rule: { en: 'Rule', pt: 'Regra' },
  every_rule: { en: 'Every rule', pt: 'Todas as regras' },
  subject: { en: 'About', pt: 'Sobre' },
  subject_hint: {
    en: 'The job, engine or machine, as it stands in the alert. Empty: whatever it is.',
    pt: 'O job, motor ou máquina, como está no alerta. Vazio: qualquer um.',
  },
  everything: {
    en: 'Nobody will be told of anything at all.',
    pt: 'Ninguém será avisado de absolutamente nada.',
  },
  until: { en: 'For how long', pt: 'Por quanto tempo' },
  end: { en: 'Until when', pt: 'Até quando' },
  ends: { en: 'It ends {time}.', pt: 'Termina {time}.' },
  past: { en: 'This time is over.', pt: 'Este horário já passou.' },
  reason: { en: 'Why', pt: 'Por quê' },
  reason_hint: {
    en: 'For whoever wonders why nothing was told',
    pt: 'Para quem se perguntar por que nada foi avisado',
  },
  silenced: { en: 'Silenced', pt: 'Silenciado' },
  taken_back: { en: 'The silence is taken back', pt: 'O silêncio foi desfeito' },
}
export const LENGTHS = {
  hour: { en: 'One hour', pt: 'Uma hora' },
  four: { en: 'Four hours', pt: 'Quatro horas' },
  morning: { en: 'Until tomorrow, 8:00', pt: 'Até amanhã, 8h' },
  monday: { en: 'Until Monday, 8:00', pt: 'Até segunda-feira, 8h' },
  own: { en: 'Until a time', pt: 'Até um horário' },
}
