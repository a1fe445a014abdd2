/**
 * Whether the engine is well and refuses the value: SQLSTATE class 22 (data exception) or 54 (limit exceeded), or a role's own code.
 * A message that is too large for the topic where it goes next was too large for that alone.
 */
export function isAboutData(thrown: unknown): boolean {
  return /^(22...|54...|history_refused|message_too_large)$/.test((thrown as { code?: string }).code ?? '')
}
