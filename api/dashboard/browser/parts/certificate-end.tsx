import { now_ms } from '../clock.ts'
import { Icon } from './icon.tsx'
import { Time } from './time.tsx'

/** A certificate is renewed before that. */
const SOON_MS = 14 * 86_400_000

/** The last day of a certificate, marked when it is near. `at`: ISO 8601. */
export function CertificateEnd({ at }: { at: string }) {
  const left_ms = Date.parse(at) - now_ms()
  const look = left_ms < 0 ? 'bad' : left_ms < SOON_MS ? 'warn' : null
  return (
    <span className={look ? `certificate ${look}` : 'certificate'}>
      {look && <Icon name="warning" size={14} />}
      <Time at={at} />
    </span>
  )
}
