import { expect, test } from 'bun:test'
import { Histogram, Registry, type Metric } from 'prom-client'
import { createDurations } from '../../api/health/durations.ts'

test('reads at a scrape like the histogram of prom-client, bounds and all', async () => {
  const bounds = [0.01, 0.1, 1]
  const [theirs, ours] = [new Registry(), new Registry()]
  const histogram = new Histogram({
    name: 'took_seconds',
    help: 'How long.',
    labelNames: ['route', 'status'],
    buckets: bounds,
    registers: [theirs],
  })
  const durations = createDurations('took_seconds', 'How long.', bounds)
  ours.registerMetric(durations as unknown as Metric)
  for (const labels of [
    { route: '/a "b"\\', status: '200' },
    { route: '/', status: '500' },
  ]) {
    const [one, other] = [histogram.labels(labels), durations.labels(labels)]
    for (const seconds of [0, 0.01, 0.010001, 0.5, 1, 7, 0.25]) for (const each of [one, other]) each.observe(seconds)
  }
  const lines = (text: string) => text.trim().split('\n').toSorted()
  expect(lines(await ours.metrics())).toEqual(lines(await theirs.metrics()))
  expect(await ours.metrics()).toContain('took_seconds_bucket{le="+Inf",route="/",status="500"} 7')
})
