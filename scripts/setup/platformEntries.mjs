/**
 * @typedef {Record<string, any>} Entry
 * @typedef {{ name: string, version: string, parent: string }} Missing
 */

const systems = {
  darwin: 'darwin',
  win32: 'win32',
  win: 'win32',
  linux: 'linux',
  android: 'android',
  freebsd: 'freebsd',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  aix: 'aix',
}
const processors = {
  x64: 'x64',
  amd64: 'x64',
  arm64: 'arm64',
  arm: 'arm',
  ia32: 'ia32',
  ppc64: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
}

/**
 * The optional dependencies that some entry of the lock names and that are not in it.
 * @param {Record<string, Entry>} packages
 * @returns {Missing[]}
 */
export function missingOptionals(packages) {
  const missing = new Map()
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(entry['optionalDependencies'] ?? {})) {
      if (!isResolved(packages, parent, name)) missing.set(name, { name, version: String(version), parent })
    }
  }
  return [...missing.values()]
}

/**
 * Node looks in the folder of the asker and in each folder above it.
 * @param {Record<string, Entry>} packages @param {string} parent @param {string} name
 */
function isResolved(packages, parent, name) {
  for (let folder = parent; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    if (packages[`${folder === '' ? '' : `${folder}/`}node_modules/${name}`] !== undefined) return true
    if (folder === '') return false
  }
}

/**
 * @param {Record<string, Entry>} packages
 * @param {Missing} missing
 */
export function platformEntry(packages, { name, version, parent }) {
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new Error(`${name}@${version}: only exact versions can be completed`)
  const words = name.split(/[/-]/)
  const os = words.map((word) => systems[/** @type {keyof typeof systems} */ (word)]).find(Boolean)
  const cpu = words.map((word) => processors[/** @type {keyof typeof processors} */ (word)]).find(Boolean)
  if (os === undefined || cpu === undefined) throw new Error(`${name}: no platform in its name`)
  const sister = sisterOf(packages, parent)
  const libc = os !== 'linux' ? undefined : /musl/.test(name) ? 'musl' : /gnu/.test(name) ? 'glibc' : undefined
  return {
    version,
    cpu: [cpu],
    ...(sister['dev'] ? { dev: true } : {}),
    ...(sister['license'] === undefined ? {} : { license: sister['license'] }),
    ...(libc === undefined ? {} : { libc: [libc] }),
    optional: true,
    os: [os],
    ...(sister['bin'] === undefined || os === 'win32' ? {} : { bin: sister['bin'] }),
  }
}

/** @param {Record<string, Entry>} packages @param {string} parent @returns {Entry} */
function sisterOf(packages, parent) {
  const names = Object.keys(packages[parent]?.['optionalDependencies'] ?? {})
  return names.map((name) => packages[`node_modules/${name}`]).find((entry) => entry?.['integrity'] !== undefined) ?? {}
}
