/** Icons of 20 × 20, drawn in strokes of the text's colour. A word stands beside each, or names its link, so none is read aloud. */
const PATHS = {
  gauge: 'M3.5 13a6.5 6.5 0 1 1 13 0M10 13l3-4M3.5 13h1.5M15 13h1.5M10 6.5V8',
  clock: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 6v4l2.5 2',
  bell: 'M5 13.5V9a5 5 0 0 1 10 0v4.5l1 1.5H4l1-1.5ZM8.5 17h3',
  mute: 'M5 13.500V9a5 5 0 0 1 8-4M15 9v4.500l1 1.500H4l1-1.500M8.500 17h3M3.500 3l13 13.500',
  box: 'M3.5 6.5 10 3l6.5 3.5v7L10 17l-6.5-3.5v-7ZM3.5 6.5 10 10l6.5-3.5M10 10v7',
  user: 'M10 10a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM4 17a6 6 0 0 1 12 0',
  upload: 'M10 13.5V4M6 8l4-4 4 4M4 13.500v3h12v-3',
  download: 'M10 4v9.500M6 9.500l4 4 4-4M4 16.500h12',
  plus: 'M10 4.500v11M4.500 10h11',
  users:
    'M7.500 9.500a2.600 2.600 0 1 0 0-5.200 2.600 2.600 0 0 0 0 5.200ZM2.500 16a5 5 0 0 1 10 0M13 9.200a2.300 2.300 0 1 0-.900-4.400M14.500 11.600A4.600 4.600 0 0 1 17.500 16',
  chart: 'M3.500 16.500h13M5.500 13.500V9M10 13.500V4.500M14.500 13.500v-6',
  list: 'M7.500 5.500h9M7.500 10h9M7.500 14.500h9M3.800 5.500h.2M3.800 10h.2M3.800 14.500h.2',
  pulse: 'M2.500 10.500h3.500l2-5.500 4 10 2-4.500h3.500',
  search: 'M9 4a5 5 0 1 0 0 10A5 5 0 0 0 9 4ZM12.7 12.7 16.5 16.5',
  check: 'M4.5 10.5 8.5 14.5 15.5 6',
  cross: 'm5.5 5.5 9 9m0-9-9 9',
  warning: 'M10 3.5 17.5 16h-15L10 3.5ZM10 8v4M10 14v.2',
  critical: 'M7 3h6l4 4v6l-4 4H7l-4-4V7l4-4ZM10 6.5v4.5M10 13.4v.2',
  info: 'M10 3a7 7 0 1 0 0 14 7 7 0 0 0 0-14ZM10 9.5v4M10 6.6v.2',
  play: 'M6.5 4.5v11l9-5.5-9-5.5Z',
  pause: 'M7 5v10M13 5v10',
  stop: 'M5.5 5.5h9v9h-9z',
  retry: 'M15.5 10a5.5 5.5 0 1 1-1.6-3.9M15.5 3.5v3h-3',
  waiting: 'M6 3.5h8M6 16.5h8M7 3.5c0 4 6 4.5 6 6.5s-6 2.5-6 6.5M13 3.5c0 4-6 4.5-6 6.5s6 2.5 6 6.5',
  skip: 'M5 5v10l6-5-6-5ZM14.5 5v10',
  minus: 'M5 10h10',
  unknown: 'M7.5 7.5A2.5 2.5 0 1 1 10 10v1.5M10 14v.2',
  chevron: 'm7.5 5 5 5-5 5',
  back: 'm12.5 5-5 5 5 5',
  calendar: 'M4 5.500h12v11H4v-11ZM4 9h12M7 3.500v3M13 3.500v3',
  menu: 'M3.5 6h13M3.5 10h13M3.5 14h13',
  sun: 'M10 6.8a3.2 3.2 0 1 0 0 6.4 3.2 3.2 0 0 0 0-6.4ZM10 2.5v1.6M10 15.9v1.6M2.5 10h1.6M15.9 10h1.6M4.7 4.7l1.1 1.1M14.2 14.2l1.1 1.1M4.7 15.3l1.1-1.1M14.2 5.8l1.1-1.1',
  key: 'M13 3.5a3.5 3.5 0 1 0 0 7 3.5 3.5 0 0 0 0-7ZM10.5 9.5 4 16M6 14l2 2',
  up: 'M10 16V4.5M5.5 9 10 4.5 14.5 9',
  down: 'M10 4v11.5M5.5 11l4.5 4.5 4.5-4.5',
  book: 'M4 4.5c2.5-1 4.5-.5 6 .8 1.500-1.300 3.500-1.800 6-.8v11c-2.500-1-4.500-.5-6 .8-1.500-1.300-3.500-1.800-6-.8v-11ZM10 5.300v11',
  server: 'M3.500 4h13v5h-13zM3.500 11h13v5h-13zM6.500 6.500h.200M6.500 13.500h.200M10 6.500h3.500M10 13.500h3.500',
  screen: 'M3 4.500h14v9H3v-9ZM7 16.500h6M10 13.500v3',
  copy: 'M7.500 7.500v-4h9v9h-4M3.500 7.500h9v9h-9v-9Z',
  flow: 'M3.500 5.500h4v4h-4zM12.500 3.500h4v4h-4zM12.500 12.500h4v4h-4zM7.500 7.500h2.500v7h2.500M10 7.500v-2h2.500',
  leave: 'M8 3.500H4v13h4M12.500 6.500 16 10l-3.500 3.500M16 10H8',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" width={size} height={size} aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  )
}
