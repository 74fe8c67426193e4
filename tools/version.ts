import { readFileSync } from 'node:fs'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }

/** Of this package: faces announce it, receipts of what ran name it. */
export const version: string = manifest.version
