import { TributaryError } from '../kernel/index.ts'
import { findTemporal, type TemporalSource } from './findTemporal.ts'
import { cachedTemporal, temporalVersion } from './temporalVersion.ts'

/** `findTemporal`, or provision/no-temporal, which lists the ways to get one. */
export function resolveTemporal(env: NodeJS.ProcessEnv = process.env): TemporalSource {
  const found = findTemporal(env)
  if (found !== undefined) return found
  throw noTemporal({ looked: cachedTemporal(env) })
}

/** The one message about a machine on which no Temporal server can be had. */
export function noTemporal(facts: Record<string, string>, cause?: unknown): TributaryError {
  return new TributaryError('No Temporal server is to be had on this machine.', {
    code: 'provision/no-temporal',
    facts: { version: temporalVersion, ...facts },
    tryThis: [
      'one of: install Go 1.25 or newer and run `npm start` again, which builds the server once;',
      'install the Temporal CLI (https://docs.temporal.io/cli) so that `temporal` is on the PATH;',
      'set TEMPORAL_CLI_PATH to its program;',
      'set TEMPORAL_ADDRESS to a server that runs (host:port)',
    ].join(' '),
    ...(cause === undefined ? {} : { cause }),
  })
}
