/** The second half of the set-up, on Node 24: the base model, the Temporal server and the bundle of the workflows into the user's cache. */
import { join } from 'node:path'
import { TributaryError } from '../kernel/index.ts'
import { cacheFolder, provideBase, provideTemporal, withLock } from '../provision/index.ts'
import { bundleWorkflows } from '../workflows/client/bundleWorkflows.ts'
import { fail } from './setup/fail.mjs'
import { say } from './setup/say.mjs'

try {
  await withLock(join(cacheFolder(), 'provision.lock'), {
    say,
    work: async () => {
      const base = await provideBase({ say })
      if (base.notice !== undefined) say(base.notice)
      await provideTemporal({ say })
      await bundleWorkflows({ cacheDir: join(cacheFolder(), 'bundles'), say })
    },
  })
} catch (error) {
  if (!(error instanceof TributaryError)) throw error
  const { code, message, facts, tryThis } = error
  fail({ code, message, facts, tryThis: tryThis ?? 'run the same command again' })
}
