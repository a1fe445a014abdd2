/** Every page: its folder, its address, and where it has an icon, its place in the menu. A new page is one line here. */
import type { ComponentType } from 'react'
import type { Schemas } from './api/client.ts'
import type { IconName } from './parts/icon.tsx'
import type { Translated } from './languages.ts'

export interface Page {
  path: string
  title: Translated
  load: () => Promise<{ default: ComponentType }>
  /** In the menu. */
  icon?: IconName
  /** That the API must serve. */
  feature?: Schemas['Me']['features'][number]
  /** Shown to users with it, or with a higher one. */
  role?: 'operator' | 'admin'
  /** The page of the menu that it belongs to, where its address does not say so. */
  within?: string
  /** `open`: to everybody, before a sign-in. `wall`: without the menu, for a screen on the wall. */
  frame?: 'open' | 'wall'
}

export const PAGES: readonly Page[] = [
  {
    path: '/',
    title: { en: 'Overview', pt: 'Visão geral' },
    icon: 'gauge',
    load: () => import('./pages/overview/index.tsx'),
  },
  {
    path: '/jobs',
    feature: 'jobs',
    title: { en: 'Jobs', pt: 'Jobs' },
    icon: 'clock',
    load: () => import('./pages/jobs/index.tsx'),
  },
  {
    path: '/jobs/:name',
    feature: 'jobs',
    title: { en: 'Job', pt: 'Job' },
    load: () => import('./pages/job/index.tsx'),
  },
  {
    path: '/kpis',
    feature: 'kpis',
    title: { en: 'KPIs', pt: 'Indicadores' },
    within: '/',
    load: () => import('./pages/kpis/index.tsx'),
  },
  {
    path: '/runs',
    feature: 'jobs',
    title: { en: 'Runs', pt: 'Execuções' },
    within: '/jobs',
    load: () => import('./pages/runs/index.tsx'),
  },
  {
    path: '/runs/:id',
    feature: 'jobs',
    title: { en: 'Run', pt: 'Execução' },
    within: '/jobs',
    load: () => import('./pages/run/index.tsx'),
  },
  {
    path: '/monitors',
    feature: 'monitors',
    title: { en: 'Monitors', pt: 'Monitores' },
    icon: 'pulse',
    load: () => import('./pages/monitors/index.tsx'),
  },
  {
    path: '/monitors/:name',
    feature: 'monitors',
    title: { en: 'Monitor', pt: 'Monitor' },
    load: () => import('./pages/monitor/index.tsx'),
  },
  {
    path: '/alerts',
    feature: 'alerts',
    title: { en: 'Alerts', pt: 'Alertas' },
    icon: 'bell',
    load: () => import('./pages/alerts/index.tsx'),
  },
  {
    path: '/silences',
    feature: 'alerts',
    title: { en: 'Silences', pt: 'Silêncios' },
    within: '/alerts',
    load: () => import('./pages/silences/index.tsx'),
  },
  {
    path: '/alerts/:id',
    feature: 'alerts',
    title: { en: 'Alert', pt: 'Alerta' },
    load: () => import('./pages/alert/index.tsx'),
  },
  {
    path: '/orders',
    feature: 'orders',
    title: { en: 'Orders', pt: 'Pedidos' },
    icon: 'flow',
    load: () => import('./pages/orders/index.tsx'),
  },
  {
    path: '/orders/messages',
    feature: 'orders',
    title: { en: 'Messages of orders', pt: 'Mensagens de pedidos' },
    load: () => import('./pages/order-messages/index.tsx'),
  },
  {
    path: '/orders/messages/:id',
    feature: 'orders',
    title: { en: 'Message of an order', pt: 'Mensagem de um pedido' },
    load: () => import('./pages/order-message/index.tsx'),
  },
  {
    path: '/orders/output',
    feature: 'orders',
    title: { en: 'Orders in the output', pt: 'Pedidos na saída' },
    load: () => import('./pages/order-output/index.tsx'),
  },
  {
    path: '/orders/:system',
    feature: 'orders',
    title: { en: 'Orders of a system', pt: 'Pedidos de um sistema' },
    load: () => import('./pages/order-system/index.tsx'),
  },
  {
    path: '/dead-letters',
    feature: 'dead_letters',
    title: { en: 'Dead letters', pt: 'Mensagens mortas' },
    icon: 'letter',
    load: () => import('./pages/dead-letters/index.tsx'),
  },
  {
    path: '/dead-letters/:id',
    feature: 'dead_letters',
    title: { en: 'Dead letter', pt: 'Mensagem morta' },
    load: () => import('./pages/dead-letter/index.tsx'),
  },
  {
    path: '/replays',
    feature: 'dead_letters',
    title: { en: 'Replays', pt: 'Reenvios' },
    within: '/dead-letters',
    load: () => import('./pages/replays/index.tsx'),
  },
  {
    path: '/replays/:id',
    feature: 'dead_letters',
    title: { en: 'Replay', pt: 'Reenvio' },
    within: '/dead-letters',
    load: () => import('./pages/replay/index.tsx'),
  },
  {
    path: '/streams',
    feature: 'events',
    title: { en: 'Streams', pt: 'Streams' },
    icon: 'stream',
    load: () => import('./pages/streams/index.tsx'),
  },
  {
    path: '/embalagens',
    feature: 'packaging',
    title: { en: 'Packaging', pt: 'Embalagens' },
    icon: 'box',
    load: () => import('./pages/packaging/index.tsx'),
  },
  {
    path: '/embalagens/:id',
    feature: 'packaging',
    title: { en: 'Packaging item', pt: 'Embalagem' },
    load: () => import('./pages/item/index.tsx'),
  },
  {
    path: '/events/history',
    feature: 'events',
    title: { en: 'History of an item', pt: 'Histórico de um item' },
    within: '/embalagens',
    load: () => import('./pages/item-events/index.tsx'),
  },
  {
    path: '/people',
    feature: 'people',
    title: { en: 'People', pt: 'Pessoas' },
    icon: 'user',
    load: () => import('./pages/people/index.tsx'),
  },
  {
    path: '/charts',
    feature: 'charts',
    title: { en: 'Charts', pt: 'Gráficos' },
    icon: 'chart',
    load: () => import('./pages/charts/index.tsx'),
  },
  {
    path: '/reports',
    feature: 'reports',
    title: { en: 'Reports', pt: 'Relatórios' },
    icon: 'list',
    load: () => import('./pages/reports/index.tsx'),
  },
  {
    path: '/users',
    feature: 'users',
    title: { en: 'Users', pt: 'Usuários' },
    icon: 'users',
    role: 'admin',
    load: () => import('./pages/users/index.tsx'),
  },
  {
    path: '/users/:id',
    feature: 'users',
    title: { en: 'User', pt: 'Usuário' },
    role: 'admin',
    load: () => import('./pages/user/index.tsx'),
  },
  {
    path: '/audit',
    feature: 'users',
    title: { en: 'Audit', pt: 'Auditoria' },
    icon: 'key',
    role: 'admin',
    load: () => import('./pages/audit/index.tsx'),
  },
  {
    path: '/system',
    feature: 'system',
    title: { en: 'System', pt: 'Sistema' },
    icon: 'server',
    role: 'operator',
    load: () => import('./pages/system/index.tsx'),
  },
  { path: '/account', title: { en: 'Your account', pt: 'Sua conta' }, load: () => import('./pages/account/index.tsx') },
  {
    path: '/welcome',
    title: { en: 'Welcome', pt: 'Boas-vindas' },
    frame: 'open',
    load: () => import('./pages/welcome/index.tsx'),
  },
  {
    path: '/wall',
    title: { en: 'Wall', pt: 'Mural' },
    frame: 'wall',
    load: () => import('./pages/wall/index.tsx'),
  },
]

/** `/jobs/:name`: any one segment. */
export const patternOf = (path: string): RegExp => new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}$`)
