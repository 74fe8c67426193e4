import { digestOf, TributaryError, type Digest } from '../../kernel/index.ts'
import { namedRecipe, parseRecipe, type Recipe } from '../../models/index.ts'
import { getVersion, listDatanets, listVersions } from '../../store/index.ts'
import type { z } from 'zod'
import type { ToolContext } from '../context.ts'
import type { trainingWish } from '../trainAdapter.ts'
import type { TrainingRequest } from '../trainingRequest.ts'

export type ResolvedRequest = TrainingRequest & { recipe: Recipe }

/** What was wished, made whole: the newest Datanet version, a name made of Datanet and recipe, the recipe's whole document. */
export async function resolveTraining(
  { store }: Pick<ToolContext, 'store'>,
  wish: z.output<typeof trainingWish>,
): Promise<ResolvedRequest> {
  const { datanet, recipeDocument, recipe: name, alias, samples, groups, budgetMs, seed, device } = wish
  const recipe = recipeDocument === undefined ? namedRecipe(name) : parseRecipe(recipeDocument)
  const version = await versionOf(store, wish)
  if (datanet !== undefined && datanet !== version.datanet) throw otherDatanet(datanet, version)
  return {
    datanetRoot: version.root,
    alias: alias ?? `${version.datanet}-${recipe.name}`.slice(0, 63),
    recipe: seed === undefined ? recipe : { ...recipe, seed },
    ...(samples === undefined ? {} : { samples }),
    ...(groups === undefined ? {} : { groups }),
    ...(budgetMs === undefined ? {} : { budgetMs }),
    ...(device === undefined ? {} : { device }),
  }
}

/** Names a run before it is planned: whoever asks for the same gets the same. */
export function trainingIdOf(request: TrainingRequest): string {
  return digestOf(request).slice(0, 18)
}

/** The recipe of a request, with its seed. */
export function recipeOfRequest({ recipe, seed }: TrainingRequest): Recipe {
  const document = recipe === undefined ? namedRecipe('quick') : parseRecipe(recipe)
  return seed === undefined ? document : { ...document, seed }
}

async function versionOf(
  store: ToolContext['store'],
  { datanet, datanetRoot }: { datanet?: string | undefined; datanetRoot?: Digest | undefined },
) {
  if (datanetRoot !== undefined) return getVersion(store, { root: datanetRoot })
  const names = datanet === undefined ? (await listDatanets(store, {})).map(({ id }) => id) : [datanet]
  const versions = (await Promise.all(names.map((name) => listVersions(store, { datanet: name })))).flat()
  const newest = versions.toSorted((a, b) => b.createdAtMs - a.createdAtMs || b.number - a.number)[0]
  if (newest) return newest
  throw new TributaryError('There is no published Datanet version to train on.', {
    code: 'tools/no-datanet-version',
    facts: { datanet: datanet ?? null, datanets: names },
    tryThis: 'tributary datanet import <path> --name <datanet>, or npm start for the default one',
  })
}

function otherDatanet(datanet: string, version: { root: Digest; datanet: string }): TributaryError {
  return new TributaryError('The root given is of another Datanet than the name given.', {
    code: 'tools/other-datanet',
    facts: { datanet, datanetRoot: version.root, found: version.datanet },
    tryThis: 'give one of the two',
  })
}
