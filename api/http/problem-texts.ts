/** What problems are called in both languages, and what a client is told of a failure that only engines can explain. */
import { STATUS_CODES } from 'node:http'
import type { Locale, Translated } from '../../lib/texts.ts'

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

/** What went wrong on the server's side, as far as a client needs to know, and what its reader can do. */
export function unexplained(status: number): Translated {
  if (status === 503)
    return {
      en: 'A part of the system does not answer now; try again in a moment.',
      pt: 'Uma parte do sistema não responde agora; tente de novo daqui a pouco.',
    }
  if (status === 507)
    return {
      en: 'The server has no room left; tell whoever looks after the system.',
      pt: 'O servidor está sem espaço; avise quem cuida do sistema.',
    }
  return {
    en: 'Something went wrong here; the log has it under this request_id.',
    pt: 'Algo deu errado aqui; o log tem os detalhes sob este request_id.',
  }
}
