/** The result of one check of the doctor, a line for a person. */
export interface Finding {
  status: 'ok' | 'failed'
  found: string
  /** What to do about it, or an advice; null for nothing. */
  fix: string | null
}

export const ok = (found: string, advice: string | null = null): Finding => ({ status: 'ok', found, fix: advice })

export const failed = (found: string, fix: string | null): Finding => ({ status: 'failed', found, fix })
