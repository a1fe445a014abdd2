/** A dock with a crate on it. */
export function Logo() {
  return (
    <span className="logo">
      <svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
        <path d="M6 5.5h12v8H6z" className="logo-crate" />
        <path d="M2 17h20M5 17v3.500M12 17v3.500M19 17v3.500" className="logo-dock" />
      </svg>
      Doca
    </span>
  )
}
