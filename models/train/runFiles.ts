import { join } from 'node:path'

/** Where the parts of a run lie in its folder. */
export const stateFile = (run: { dir: string }, step: number): string => join(run.dir, 'states', `${step}.bin`)
export const recordDir = (run: { dir: string }): string => join(run.dir, 'record')
