/** From an alert that fires to its line on the overview. */
import pino from 'pino'
import { observe } from '../../../db/alerts/observe.ts'
import { readDbConfig } from '../../../db/engines/config.ts'
import { connect } from '../../../db/engines/connect.ts'
import { envReader } from '../../../lib/env.ts'
import { openBrowser, person, signIn } from '../../browser/system.ts'
import { median, PASSWORD, row, type Measured } from '../dashboard.ts'
import type { Figure } from '../main.ts'

const ALERTS = 12
/** Some while the page rests from the one before. */
const apartMs = (n: number) => 300 + 150 * n

export async function timeAlerts({ url, data_dir }: Measured): Promise<Figure[]> {
  const db = await connect(readDbConfig(envReader({ DATA_DIR: data_dir })), pino({ level: 'silent' }), ['sql'])
  const browser = await openBrowser()
  try {
    const { page } = await person(browser, url)
    await signIn(page, 'admin', PASSWORD)
    await page.getByRole('heading', { name: 'Overview' }).waitFor()
    const times: number[] = []
    for (let n = 0; n < ALERTS; n++) {
      await Bun.sleep(apartMs(n))
      const subject = `bench_${n}`
      const fired_at = performance.now()
      await observe(db.sql, [{ rule: 'JOB_FAILED', subject, ok: false, detail: 'bench' }])
      await page.getByText(subject).first().waitFor()
      times.push((performance.now() - fired_at) / 1000)
      // The page shows the first few.
      await observe(db.sql, [{ rule: 'JOB_FAILED', subject, ok: true }])
    }
    const work = `from the change to its line on the overview, by another process, median of ${ALERTS}, longest ${Math.max(...times).toFixed(2)}`
    return [row('an alert on the screen', median(times), 's', '<= 1', work)]
  } finally {
    await browser.close()
    await db.close()
  }
}
