export const TEXTS = {
  every_minute: { en: 'every minute', pt: 'a cada minuto' },
  every_minutes: { en: 'every {count} minutes', pt: 'a cada {count} minutos' },
  every_hours: {
    one: { en: 'every hour', pt: 'a cada hora' },
    other: { en: 'every {count} hours', pt: 'a cada {count} horas' },
  },
  hourly: { en: 'every hour, at minute {minute}', pt: 'a cada hora, no minuto {minute}' },
  every: { en: 'every {time}', pt: 'a cada {time}' },
  daily: { en: 'daily at {time}', pt: 'todo dia às {time}' },
  workdays: { en: 'Monday to Friday at {time}', pt: 'de segunda a sexta às {time}' },
  weekly: { en: '{day} at {time}', pt: '{day} às {time}' },
  monthly: { en: 'on day {day} of each month at {time}', pt: 'no dia {day} de cada mês às {time}' },
  yearly: { en: 'every year', pt: 'todo ano' },
  never: { en: 'when somebody starts it', pt: 'quando alguém inicia' },
  after: { en: 'after {jobs}', pt: 'depois de {jobs}' },
}
