import { TributaryError } from '../../kernel/index.ts'
import { addBase, surveyModel, type BaseModel } from '../../models/index.ts'
import { basesFolder } from '../../provision/index.ts'
import { modelSource } from './modelSource.ts'

export type AddModelOptions = {
  from: string
  name?: string
  revision?: string
  chatTemplate?: string
  say: (line: string) => void
}

/**
 * Makes a model a base of this machine: fetches it where it is the hub's, surveys it, converts it into the cache.
 * Idempotent; nothing is left half-written. Throws models/unsupported with every problem, and as addBase.
 */
export async function addModel({ from, name, revision, chatTemplate, say }: AddModelOptions): Promise<BaseModel> {
  const source = await modelSource(from, { say, ...(revision === undefined ? {} : { revision }) })
  const { problems } = await surveyModel(source.path, chatTemplate)
  if (problems.length > 0) {
    throw new TributaryError('The model can not be added.', {
      code: 'models/unsupported',
      facts: { from, problems: problems.map(({ trait, value, needs }) => `${trait} ${value}: needs ${needs}`) },
      tryThis: 'tributary model check <path> lists what stands against it; choose another model, or mend its files',
    })
  }
  let said = 0
  return addBase({
    from: source.path,
    folder: basesFolder(),
    name: name ?? source.name,
    chatTemplate,
    onProgress: ({ done, of }) => {
      const tenth = Math.floor((10 * done) / of)
      if (tenth === said) return
      said = tenth
      say(`converting: ${10 * tenth} % of ${Math.ceil(of / 1e6)} MB`)
    },
  })
}
