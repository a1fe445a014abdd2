/**
 * A run's log as it is said, over one event stream. Lines are drawn a frame at a time, however fast they come, and beyond
 * MOST_LINES, or MOST_CHARACTERS, the oldest are let go. The states: following; lost, while the stream cannot be had; ended, with the run.
 */
import { useEffect, useRef, useState } from 'react'
import { renewSession, type Schemas } from '../../api/client.ts'
import { followStream } from '../../follow-stream.ts'

export type LogLine = Schemas['LogLine']

export interface FollowedLog {
  lines: readonly LogLine[]
  /** Of the lines that have been let go. */
  dropped: number
  state: 'following' | 'ended' | 'lost'
  /** ISO 8601, where it is lost. */
  lost_at: string | null
}

const MOST_LINES = 100_000
const MOST_CHARACTERS = 30_000_000
/** So many are let go at once, so that those that stay keep their blocks (log-lines.tsx). */
export const BLOCK = 100

const NOTHING: FollowedLog = { lines: [], dropped: 0, state: 'following', lost_at: null }

/** `attempt`: of the run, which is followed again when it is retried. `onEnd`: when it has ended. */
export function useFollowedLog(run_id: string, attempt: number, isPaused: boolean, onEnd: () => void): FollowedLog {
  const [log, setLog] = useState(NOTHING)
  const paused = useRef(isPaused)
  const draw = useRef(() => {})
  useEffect(() => {
    paused.current = isPaused
    draw.current()
  }, [isPaused])
  const ended = useRef(onEnd)
  useEffect(() => void (ended.current = onEnd))

  useEffect(() => {
    let frame = 0
    let last_id = 0
    let kept: LogLine[] = []
    let dropped = 0
    let characters = 0
    let fresh: LogLine[] = []
    setLog(NOTHING)

    draw.current = () => {
      if (paused.current || frame !== 0) return
      frame = requestAnimationFrame(() => {
        frame = 0
        const added = fresh
        fresh = []
        kept = kept.concat(added)
        characters += added.reduce((sum, { message }) => sum + message.length, 0)
        let over = 0
        while (kept.length - over > MOST_LINES || (characters > MOST_CHARACTERS && kept.length - over > BLOCK)) {
          for (const { message } of kept.slice(over, over + BLOCK)) characters -= message.length
          over += BLOCK
        }
        if (over > 0) kept = kept.slice(over)
        dropped += over
        setLog((now) => ({ ...now, lines: kept, dropped }))
      })
    }

    const stop = followStream(() => `/runs/${encodeURIComponent(run_id)}/logs?follow=1&after=${last_id}`, {
      listen(source) {
        source.addEventListener('log', ({ data }: MessageEvent<string>) => {
          const line = JSON.parse(data) as LogLine
          last_id = line.id
          fresh.push(line)
          draw.current()
        })
        source.addEventListener('end', () => {
          stop()
          setLog((now) => ({ ...now, state: 'ended', lost_at: null }))
          ended.current()
        })
      },
      opened: () => setLog((now) => ({ ...now, state: 'following', lost_at: null })),
      broken: () => setLog((now) => ({ ...now, state: 'lost', lost_at: now.lost_at ?? new Date().toISOString() })),
      recover: () => renewSession().catch(() => false),
    })
    return () => {
      stop()
      cancelAnimationFrame(frame)
    }
  }, [run_id, attempt])
  return log
}
