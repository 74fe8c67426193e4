import { TributaryError } from '../../../kernel/index.ts'

export function leaseBusy(key: string, waitedMs: number): TributaryError {
  return new TributaryError('Another process is at work on this.', {
    code: 'store/lease-busy',
    facts: { key, waitedMs },
    tryThis: 'call again later: what it makes is stored',
    retry: true,
  })
}
