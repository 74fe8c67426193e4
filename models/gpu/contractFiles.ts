import { z } from 'zod'
import { deviceStamp, gpuActivities, gpuProgress } from './contract.ts'
import { golden } from './golden.ts'
import { gpuPlan } from './gpuPlan.ts'

/**
 * What Python reads of the contract, by file name: a JSON Schema for each document that crosses, and golden values that
 * both sides must compute. Written by writeContract.ts and committed; contract.test.ts holds them fresh.
 */
export async function contractFiles(): Promise<Record<string, string>> {
  const crossing = Object.entries(gpuActivities).flatMap(([name, { input, output }]): [string, z.ZodType][] => [
    [`${name}.input`, input],
    [`${name}.output`, output],
  ])
  const documents = new Map<string, z.ZodType>([
    ['plan', gpuPlan],
    ['device', deviceStamp],
    ['progress', gpuProgress],
    ...crossing,
  ])
  const schemas = [...documents].map(([name, schema]): [string, string] => [
    `${name}.schema.json`,
    // A field with a default is there in what crosses: it is the output side of the schema.
    json(z.toJSONSchema(schema, { io: 'output' })),
  ])
  return { ...Object.fromEntries(schemas), 'golden.json': json(await golden()) }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 1)}\n`
}
