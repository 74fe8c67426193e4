import { linearDatamodelingScore, type Study } from '../../attribution/index.ts'

/** LDS without its bound, for choosing between settings. */
export function meanScore(study: Study): number {
  return linearDatamodelingScore([study], { uniform: () => 0, resamples: 1 }).mean
}
