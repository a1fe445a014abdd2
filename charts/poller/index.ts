import type { ChartsConfig } from '../config.ts'
export async function runPoller(c: ChartsConfig) {
  void c
}
