import { z } from 'zod'
import { decisionSchema, digestString } from '../kernel/index.ts'
import { defineTool } from './defineTool.ts'

export const findDuplicates = defineTool({
  name: 'find_duplicates',
  summary:
    'Among the samples that no rule has rejected, accept the first of each cluster of exact and near duplicates, in commitment order, and reject its copies. Decides about every sample that is left.',
  effect: 'write',
  input: z.object({
    datanet: z.string().min(1),
    curation: z.string().min(1).describe('the workflow whose decisions these are'),
    except: z.array(digestString).describe('samples that somebody rejected whom no rule did'),
    reviewed: z
      .array(decisionSchema)
      .optional()
      .describe('samples that somebody accepted: each keeps that word, unless it is a duplicate'),
  }),
  output: z.object({
    checked: z.int().min(0),
    duplicates: z.int().min(0),
    clusters: z.int().min(0),
    byRule: z.record(z.string(), z.int().min(0)),
    decisions: digestString.describe('digest of the decisions, in commitment order'),
  }),
})
