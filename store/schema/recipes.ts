import { boolean, integer, pgTable, primaryKey, text, unique } from 'drizzle-orm/pg-core'
import { digest, millis } from './columns.ts'

/** Every version of every recipe that was used: canonical documents, never changed. */
export const recipes = pgTable(
  'recipes',
  {
    name: text('name').notNull(),
    version: integer('version').notNull(),
    digest: digest('digest').notNull(),
    /** shipped: it came with the project, so the file that comes with the next one takes its place. */
    origin: text('origin').$type<'own' | 'shipped'>().notNull(),
    document: text('document').notNull(),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.name, t.version] }), unique('recipes_digest').on(t.name, t.digest)],
)

/** Which version of a recipe begins by itself, and from when on. */
export const recipeWatches = pgTable('recipe_watches', {
  recipe: text('recipe').primaryKey(),
  digest: digest('digest').notNull(),
  paused: boolean('paused').notNull(),
  /** Events of before it begin nothing. */
  sinceMs: millis('since_ms').notNull(),
})

/** Which events have begun a recipe: one row an event and recipe, whoever tells it and however often. */
export const recipeStarts = pgTable(
  'recipe_starts',
  {
    recipe: text('recipe').notNull(),
    event: text('event').notNull(),
    key: text('key').notNull(),
    workflow: text('workflow').notNull(),
    atMs: millis('at_ms').notNull(),
  },
  (t) => [primaryKey({ columns: [t.recipe, t.event, t.key] })],
)
