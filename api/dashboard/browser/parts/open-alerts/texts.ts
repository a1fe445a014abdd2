export const TEXTS = {
  open: { en: 'Open alerts', pt: 'Alertas abertos' },
  alert: { en: 'Alert {rule}', pt: 'Alerta {rule}' },
}
