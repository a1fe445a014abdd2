/**
 * E-mail addresses by the grammar of RFC 5321 (Mailbox), with the internationalised names of RFC 6531. A domain is fully qualified
 * (RFC 5321, 2.3.5), or an address in brackets. Names before it and comments belong to a message's header, not here.
 */
import { isIPv4, isIPv6 } from 'node:net'
import { domainToASCII } from 'node:url'

/** RFC 5321, 4.5.3.1: a path has 256 octets with its brackets. */
const MAX_OCTETS = 254
const MAX_LOCAL_OCTETS = 64
const MAX_DOMAIN_OCTETS = 255

// Beyond ASCII: no control, separator or half a pair; of the invisible ones those that some scripts need.
const BEYOND = String.raw`(?![\p{C}\p{Z}])[^\x00-\x7f]|\u200c|\u200d`
const ATOM = String.raw`(?:[a-zA-Z0-9!#$%&'*+/=?^_\x60{|}~\-]|${BEYOND})+`
const LOCAL = new RegExp(String.raw`^(?:${ATOM}(?:\.${ATOM})*|"(?:[ !#-\[\]-~]|${BEYOND}|\\[ -~])*")$`, 'u')
/** Beyond ASCII it is encoded first, which would pass over line breaks. */
const DOMAIN = new RegExp(String.raw`^(?:[a-z0-9.\-]|${BEYOND})+$`, 'iu')
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i

/** Whether a text has the form of one e-mail address. */
export function isEmail(text: string): boolean {
  // A character is at least an octet: nothing longer need be looked at.
  if (text.length > MAX_OCTETS || Buffer.byteLength(text) > MAX_OCTETS) return false
  // A domain has none, and a quoted local part may.
  const at = text.lastIndexOf('@')
  const local = text.slice(0, Math.max(at, 0))
  return Buffer.byteLength(local) <= MAX_LOCAL_OCTETS && LOCAL.test(local) && isDomain(text.slice(at + 1))
}

function isDomain(text: string): boolean {
  if (text.startsWith('[') && text.endsWith(']')) return isAddress(text.slice(1, -1))
  if (!DOMAIN.test(text)) return false
  const ascii = /[^\x00-\x7f]/.test(text) ? domainToASCII(text) : text
  const labels = ascii.split('.')
  const last = labels.at(-1)!
  return (
    ascii.length <= MAX_DOMAIN_OCTETS &&
    labels.length > 1 &&
    labels.every((label) => LABEL.test(label)) &&
    // RFC 3696, 2: otherwise it is an IP address without its brackets.
    /\D/.test(last) &&
    // An encoded label that does not decode.
    (!/(?:^|\.)xn--/i.test(ascii) || domainToASCII(ascii) !== '')
  )
}

function isAddress(literal: string): boolean {
  const v6 = /^IPv6:(.*)$/i.exec(literal)?.[1]
  // Zones (fe80::1%eth0) are of one machine.
  return v6 === undefined ? isIPv4(literal) : isIPv6(v6) && !v6.includes('%')
}
