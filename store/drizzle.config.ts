import { defineConfig } from 'drizzle-kit'

// New migration after a change of the schema: npx drizzle-kit generate --config store/drizzle.config.ts --name what_changed
export default defineConfig({ dialect: 'postgresql', schema: './store/schema/index.ts', out: './store/migrations' })
