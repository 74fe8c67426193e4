import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { digestOf, digestText } from '../../kernel/index.ts'
import { openBase, prepareBase, tinyBase, type BaseModel } from '../../models/index.ts'
import { cacheFolder, withLock } from '../../provision/index.ts'
import { pretrain } from './pretrain.ts'
import { readDatanet } from './readDatanet.ts'
import { smallModelSettings } from './smallModelSettings.ts'
import { asciiOf } from './windowSample.ts'

/**
 * The small language model of the evaluations: 330,000 parameters, single bytes as tokens, trained from nothing by our own
 * engine on text of four Datanets that the protocol does not use. Kept in the user's cache under the digest of its settings
 * and texts; made when it is not there, which takes about three minutes of one core. Throws evals/data.
 */
export async function openSmallModel(say: (line: string) => void): Promise<BaseModel> {
  const settings = smallModelSettings
  const text = settings.datanets
    .flatMap((name) => readDatanet(name).slice(0, settings.textsOfEach))
    .map(({ prompt, completion }) => `${prompt}\n${completion}\n\n`)
    .join('')
  const key = digestOf({ ...settings, text: digestText(text) })
  const into = join(cacheFolder(), 'evals', `small-model-${key.slice(2, 14)}`)
  const work = async (): Promise<BaseModel> => {
    if (existsSync(into)) return openBase(into)
    const scratch = mkdtempSync(join(tmpdir(), 'tributary-small-model-'))
    try {
      const random = await tinyBase(scratch, { seed: settings.seed, config: settings.config })
      const source = join(scratch, 'trained')
      cpSync(join(scratch, 'source'), source, { recursive: true })
      cpSync(random.dir, source, { recursive: true })
      rmSync(join(source, 'base.json'))
      writeFileSync(join(source, random.weights.location), await pretrain(random, asciiOf(text), { settings, say }))
      return await prepareBase({ file: source, into, name: 'small' })
    } finally {
      rmSync(scratch, { recursive: true, force: true })
    }
  }
  return withLock(`${into}.lock`, { say, work })
}
