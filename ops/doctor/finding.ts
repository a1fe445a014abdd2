/** What a check of the doctor finds, in words, and what to do about it; `fix` null: nothing. */
export interface Finding {
  status: 'ok' | 'failed'
  found: string
  fix: string | null
}

export const ok = (found: string): Finding => ({ status: 'ok', found, fix: null })
export const failed = (found: string, fix: string): Finding => ({ status: 'failed', found, fix })
