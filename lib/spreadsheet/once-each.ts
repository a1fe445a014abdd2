/** Of this many texts each is kept once: those of a category, a currency or a small number, which millions of cells repeat. */
const MOST_KEPT = 50_000
/** Longer ones hardly repeat. */
const LONGEST_KEPT = 200

/** What `make` makes of a text, made once for texts that come often. */
export function onceEach<Made>(make: (text: string) => Made): (text: string) => Made {
  const kept = new Map<string, Made>()
  return (text) => {
    const known = kept.get(text)
    if (known !== undefined) return known
    const made = make(text)
    if (kept.size < MOST_KEPT && text.length <= LONGEST_KEPT) kept.set(text, made)
    return made
  }
}
