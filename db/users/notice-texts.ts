/** The words of an e-mail about a change of an account. */
import { textIn, type Locale, type Translated } from '../../lib/texts.ts'
import type { Notice, NoticeAction } from './notices.ts'

/** `to`: the new role. */
const CHANGES: Record<NoticeAction, (to: string) => Translated> = {
  'user.role_changed': (to) => ({ en: `your role is ${to} now`, pt: `seu papel agora é ${to}` }),
  'user.disabled': () => ({ en: 'your account was disabled', pt: 'sua conta foi desativada' }),
  'user.enabled': () => ({ en: 'your account was enabled', pt: 'sua conta foi ativada' }),
  'user.email_changed': () => ({
    en: 'your account has another e-mail address, or none, from now on',
    pt: 'sua conta passa a ter outro e-mail, ou nenhum',
  }),
  'password.changed': () => ({ en: 'your password was changed', pt: 'sua senha foi alterada' }),
  'password.reset': () => ({ en: 'your account was given a new password', pt: 'sua conta recebeu uma senha nova' }),
  'two_factor.enabled': () => ({
    en: 'two-factor sign-in was turned on',
    pt: 'a verificação em duas etapas foi ativada',
  }),
  'two_factor.disabled': () => ({
    en: 'two-factor sign-in was turned off',
    pt: 'a verificação em duas etapas foi desativada',
  }),
  'two_factor.reset': () => ({
    en: 'two-factor sign-in was reset: a password is enough until you enrol again',
    pt: 'a verificação em duas etapas foi removida: até um novo cadastro, basta a senha',
  }),
  'two_factor.recovery_codes_renewed': () => ({
    en: 'your recovery codes were replaced by new ones',
    pt: 'seus códigos de recuperação foram trocados por novos',
  }),
  'api_key.created': () => ({ en: 'an API key was made in your name', pt: 'uma chave de API foi criada em seu nome' }),
}

/** Subject and plain text. */
export function noticeText(notice: Notice, locale: Locale): { subject: string; text: string } {
  const { username, action, details, actor_name, address, created_at } = notice
  const say = (text: Translated) => textIn(text, locale)
  const change = say(CHANGES[action](String(details.to ?? '')))
  const facts = [
    [say({ en: 'User', pt: 'Usuário' }), username],
    [say({ en: 'By', pt: 'Por' }), actor_name],
    [say({ en: 'From', pt: 'De' }), address],
    [say({ en: 'At', pt: 'Em' }), `${created_at.toISOString().slice(0, 16).replace('T', ' ')} UTC`],
  ].flatMap(([label, value]) => (value ? [`${label}: ${value}`] : []))
  const advice = say({
    en: 'If this is not what you expect, tell an admin of Doca at once.',
    pt: 'Se isto não era esperado, avise já um administrador do Doca.',
  })
  const sentence = change[0]!.toUpperCase() + change.slice(1)
  return { subject: `Doca: ${change}`, text: `${sentence}.\n\n${facts.join('\n')}\n\n${advice}\n` }
}
