/** Texts that somebody else's code has written, as people may read them: no terminal's sequences, and no password of a URL. */

/** ECMA-48. */
const SEQUENCE = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-_])/g

/** Without sequences and other control characters but the tab and the end of a line. */
export const withoutEscapes = (text: string): string =>
  text.replaceAll(SEQUENCE, '').replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')

/**
 * Every URL without its user and password; the last @ before its path counts, since one in a password may stand as it is. The length of
 * a scheme is bounded, so that a long text costs a look at each of its characters.
 */
export const maskCredentials = (text: string): string =>
  text.includes('://') ? text.replaceAll(/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/?#"'`<>]*@/gi, '$1***@') : text

export const readable = (text: string): string => maskCredentials(withoutEscapes(text))
