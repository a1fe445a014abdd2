/** Money without floats: a whole number of ten-thousandths, the finest unit in the catalogue. */
export type Money = bigint

const DIGITS = 4
const ONE = 10n ** BigInt(DIGITS)

/** Reads `12`, `12.5` or `0.5206`; null for anything else. */
export function parseMoney(text: string): Money | null {
  const match = /^(\d{1,30})(?:\.(\d{1,4}))?$/.exec(text)
  return match ? BigInt(match[1]!) * ONE + BigInt((match[2] ?? '').padEnd(DIGITS, '0')) : null
}

/** `12.50`, `0.5206`: at least two digits after the point, and all that are not zero. */
export function formatMoney(money: Money): string {
  const fraction = (money % ONE)
    .toString()
    .padStart(DIGITS, '0')
    .replace(/0{1,2}$/, '')
  return `${money / ONE}.${fraction}`
}
