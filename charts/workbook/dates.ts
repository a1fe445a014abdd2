/** Excel keeps a date as days since the end of 1899, or since 1904 in workbooks from old Macs. */
export const DAY_MS = 86_400_000
const UNIX_EPOCH_SERIAL = 25_569
const DAYS_1900_TO_1904 = 1_462

/** A serial day number as a time in ms, UTC; undefined when it is no date that Excel itself could show. */
export function serialToTime(serial: number, date1904: boolean): number | undefined {
  let days = date1904 ? serial + DAYS_1900_TO_1904 : serial
  if (days < 1 || days >= 2_958_466) return undefined
  // Excel believes that 1900-02-29 existed.
  if (days < 60 && !date1904) days += 1
  return Math.round((days - UNIX_EPOCH_SERIAL) * 86_400) * 1000
}
