const ADDRESS = /^[^\s@<>,;]+@(?:[^\s@.<>,;]+\.)+[^\s@.<>,;]+$/
/** RFC 5321. */
const MAX_CHARACTERS = 254

/** Whether a text has the form of one e-mail address, without a name before it. */
export const isEmail = (text: string): boolean => text.length <= MAX_CHARACTERS && ADDRESS.test(text)
