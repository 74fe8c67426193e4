import { allTargets, projectionName, type LlamaConfig, type Projection } from '../graph/index.ts'
import { layoutOf, type AdapterLayout } from './AdapterLayout.ts'
import { fullMatches } from './patternMatcher.ts'
import { refuseConfig, type PeftConfig } from './peftConfig.ts'

/**
 * The projections that a PEFT configuration means, by PEFT's own rules (peft/tuners/tuners_utils.py,
 * check_target_module_exists): a string of target_modules is a regular expression for the whole name, or `all-linear`; an
 * entry of a list is a whole name, or its end after a dot, and only the latter is limited by layers_to_transform.
 * Throws models/adapter-config, models/adapter-pattern.
 */
export function peftLayout(peft: PeftConfig, config: LlamaConfig, dir: string): AdapterLayout {
  const places = new Map<string, Projection>()
  for (const target of allTargets) {
    for (let layer = 0; layer < config.num_hidden_layers; layer++) {
      places.set(projectionName(layer, target), { layer, target })
    }
  }
  const excluded = excludedNames(peft, places)
  const found = new Set(wantedNames(peft, places, dir).filter((name) => !excluded.has(name)))
  if (found.size === 0) {
    throw refuseConfig('The adapter adapts no projection of this model.', {
      dir,
      targetModules: peft.target_modules,
      layers: peft.layers_to_transform ?? 'all',
    })
  }
  return layoutOf(
    config,
    Array.from(found, (name) => places.get(name) as Projection),
    {
      rank: peft.r,
      alpha: peft.lora_alpha,
      rsLora: peft.use_rslora,
      rankPattern: peft.rank_pattern ?? {},
      alphaPattern: peft.alpha_pattern ?? {},
    },
  )
}

/** In the order of target_modules, which decides the order of targets in theta. */
function wantedNames(peft: PeftConfig, places: ReadonlyMap<string, Projection>, dir: string): string[] {
  const { target_modules: wanted, layers_to_transform: layers } = peft
  if (typeof wanted === 'string') {
    if (layers?.length) throw refuseConfig('layers_to_transform needs a list of target_modules.', { dir, wanted })
    return wanted.toLowerCase() === 'all-linear' ? [...places.keys()] : fullMatches(wanted, places.keys())
  }
  checkPattern(peft, dir)
  return wanted.flatMap((entry) => {
    if (places.has(entry)) return [entry]
    const ends = [...places].filter(([name]) => name.endsWith(`.${entry}`))
    // PEFT would adapt the embedding or the head, or find nothing: neither may pass in silence.
    if (ends.length === 0) {
      throw refuseConfig('The adapter changes a part of the model that is not one of the seven projections.', {
        dir,
        entry,
      })
    }
    return ends.flatMap(([name, { layer }]) => (layers?.length && !layers.includes(layer) ? [] : [name]))
  })
}

function excludedNames({ exclude_modules: out }: PeftConfig, places: ReadonlyMap<string, Projection>): Set<string> {
  if (!out) return new Set()
  if (typeof out === 'string') return new Set(fullMatches(out, places.keys()))
  return new Set([...places.keys()].filter((name) => out.some((end) => name === end || name.endsWith(`.${end}`))))
}

/** The blocks of a Llama are called `layers`. PEFT finds nothing under another name, and an empty one means any. */
function checkPattern({ layers_pattern: pattern }: PeftConfig, dir: string): void {
  const given = typeof pattern === 'string' ? [pattern] : (pattern ?? [])
  if (given.join('') === '' || given.includes('layers')) return
  throw refuseConfig('layers_pattern names no list of blocks of this model.', { dir, layersPattern: given })
}
