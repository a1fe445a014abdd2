/** The result of one check of the doctor, a line for a person. */
export interface Finding {
  status: 'ok' | 'failed'
  found: string
  /** The remedy, or advice; null for none. */
  fix: string | null
}

export const ok = (found: string, advice: string | null = null): Finding => ({ status: 'ok', found, fix: advice })

export const failed = (found: string, fix: string | null): Finding => ({ status: 'failed', found, fix })
