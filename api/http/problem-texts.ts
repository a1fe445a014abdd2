/** What problems are called in both languages, and what a client is told of a failure that only engines can explain. */
import { STATUS_CODES } from 'node:http'
import type { Locale } from '../../lib/texts.ts'

/** The name of an HTTP status. */
export function titleOf(status: number, locale: Locale): string {
  const en = STATUS_CODES[status] ?? 'Error'
  return locale === 'en' ? en : (TITLES[status] ?? 'Erro')
}

/** Every status that the API answers problems with. */
const TITLES: Record<number, string> = {
  400: 'Requisição inválida',
  401: 'Não autenticado',
  403: 'Acesso negado',
  404: 'Não encontrado',
  405: 'Método não permitido',
  408: 'Tempo da requisição esgotado',
  409: 'Conflito',
  412: 'Condição não atendida',
  413: 'Conteúdo grande demais',
  415: 'Tipo de conteúdo não aceito',
  422: 'Conteúdo não processável',
  429: 'Requisições demais',
  500: 'Erro interno do servidor',
  502: 'Resposta inválida de outro sistema',
  503: 'Serviço indisponível',
  507: 'Espaço insuficiente',
}

/** In Portuguese: what went wrong on the server's side, and what its reader can do. */
export function unexplained(status: number): string {
  if (status === 503) return 'Uma parte do sistema não responde agora; tente de novo daqui a pouco.'
  if (status === 507) return 'O servidor está sem espaço; avise quem cuida do sistema.'
  return 'Algo deu errado aqui; o log tem os detalhes sob este request_id.'
}
