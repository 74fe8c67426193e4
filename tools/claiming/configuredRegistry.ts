import { spawnSync } from 'node:child_process'

/**
 * The registry that npm asks on this machine: NPM_REGISTRY_URL, or what npm's own configuration says; empty without npm, and then
 * no package can be looked up. Cost: one start of npm, about .15 s.
 */
export function configuredRegistry(): string {
  const named = process.env['NPM_REGISTRY_URL']
  if (named) return named
  const asked = ['config', 'get', 'registry']
  // Under an npm script this is the npm that runs it; elsewhere the one of the PATH.
  const npm = process.env['npm_execpath']
  const { stdout } = npm
    ? spawnSync(process.execPath, [npm, ...asked], { encoding: 'utf8' })
    : spawnSync('npm', asked, { encoding: 'utf8', shell: process.platform === 'win32' })
  return (stdout ?? '').trim()
}
