import { readFileSync } from 'node:fs'

// The widest first: the runtime picks its kernels by these.
const extensions = ['amx_bf16', 'avx512_vnni', 'avx512f', 'avx_vnni', 'avx2', 'avx', 'sve', 'asimd']

/**
 * Architecture and widest vector extension, such as `x64 avx512_vnni`: the same class gives the same bits.
 * Where the system does not tell (macOS, Windows), the architecture alone.
 */
export function cpuClass(): string {
  let flags: string[] = []
  try {
    const line = /^(?:flags|Features)\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))
    flags = line?.[1]?.trim().split(/\s+/) ?? []
  } catch {
    // No /proc on this system.
  }
  const widest = extensions.find((extension) => flags.includes(extension))
  return widest ? `${process.arch} ${widest}` : process.arch
}
