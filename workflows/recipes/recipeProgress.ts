import { defineQuery } from '@temporalio/workflow'
import type { RecipeProgress } from '../../recipes/running/index.ts'

/** Where a run stands, step by step. */
export const recipeProgress = defineQuery<RecipeProgress>('recipeProgress')
