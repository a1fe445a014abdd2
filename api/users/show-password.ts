/** Shows a generated password once, to the person at the terminal and never to the log. */
export function showPassword(password: string | null): void {
  if (password === null) return
  // `bun run up` shows it itself, below its list of URLs.
  if (process.send) process.send({ admin_password: password })
  else process.stdout.write(`\nFirst start: sign in as admin with the password ${password} (shown only once)\n\n`)
}
