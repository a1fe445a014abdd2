export const TEXTS = {
  title: { en: 'Monitors', pt: 'Monitores' },
  state: { en: 'State', pt: 'Situação' },
  monitor: { en: 'Monitor', pt: 'Monitor' },
  target: { en: 'What it watches', pt: 'O que observa' },
  since: { en: 'Since', pt: 'Desde' },
  uptime: { en: 'Uptime, 24 h', pt: 'Disponibilidade, 24 h' },
  latency: { en: 'Latency, mean', pt: 'Latência média' },
  show: { en: 'Show', pt: 'Mostrar' },
  all: { en: 'All', pt: 'Todos' },
  troubled: { en: 'Failing', pt: 'Com falha' },
  gone: { en: 'File gone', pt: 'Arquivo sumiu' },
  none: { en: 'Nothing is monitored yet', pt: 'Nada é monitorado ainda' },
  none_how: {
    en: 'Put a file with monitor({…}) into jobs/definitions; docs/monitors.md has every option.',
    pt: 'Coloque um arquivo com monitor({…}) em jobs/definitions; docs/monitors.md tem todas as opções.',
  },
}
