import { faults } from './faults.ts'

/** Where a fault goes, and what makes a sound source faulty. Throws where the source has changed under it. */
export function faultySource(name: string): { victim: string; fault: (source: string) => string } {
  const planted = faults[name]
  if (!planted) throw new Error(`there is no fault ${name}: ${Object.keys(faults).join(', ')}`)
  const { file, edits } = planted
  return {
    victim: new URL(`../../../${file}`, import.meta.url).href,
    fault: (source) =>
      edits.reduce((text, [from, to]) => {
        if (text.split(from).length !== 2) throw new Error(`${name}: ${file} does not have once: ${from}`)
        return text.replace(from, () => to)
      }, source),
  }
}
