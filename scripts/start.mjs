/** `npm start`: the CLI's `start`, after `prestart` has set up. */
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCli } from './setup/runCli.mjs'

await runCli(dirname(dirname(fileURLToPath(import.meta.url))), ['start', ...process.argv.slice(2)])
