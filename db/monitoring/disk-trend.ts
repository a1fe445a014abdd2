import type { ISql } from 'postgres'

/** A shorter time, or a line that fits the samples worse, says nothing of what comes. */
const LEAST_SPAN_S = 86_400
const LEAST_FIT = 0.5
/** Further ahead nothing can be said. */
const MOST_S = 365 * 86_400

/**
 * When the disk will be full if it goes on filling as in the last seven days, by the probe's samples; null where that cannot be
 * said. With several machines a sample may be of any of their disks.
 */
export async function diskFullAt(sql: ISql): Promise<Date | null> {
  const [row] = await sql<{ full_at: Date | null }[]>`
    with trend as (
      select regr_slope(disk_free_share, extract(epoch from tick)) as per_s, regr_r2(disk_free_share, extract(epoch from tick)) as fit,
        extract(epoch from max(tick) - min(tick)) as span_s, (array_agg(disk_free_share order by tick desc))[1] as free
      from probe_samples where tick > now() - interval '7 days' and disk_free_share is not null
    )
    select now() + make_interval(secs => free / -per_s) as full_at from trend
    where span_s >= ${LEAST_SPAN_S} and fit >= ${LEAST_FIT} and per_s < 0 and free / -per_s < ${MOST_S}
      and (select count(*) from probe_disks) <= 1`
  return row?.full_at ?? null
}
