import { readVersion } from '../../chain/index.ts'
import { sampleId } from '../../datanets/index.ts'
import { digestRoot } from '../../kernel/index.ts'
import { getVersion, samplesOfVersion } from '../../store/index.ts'
import { differs, type AuditCheck } from './auditCheck.ts'

export const checkDatanet: AuditCheck = {
  name: 'Datanet samples',
  judges: 'the Datanet version',
  duty: 'the Datanet’s keeper',
  async run({ store, chain }, { receipt }) {
    const { datanet, number } = await getVersion(store, { root: receipt.datanet })
    const samples = await samplesOfVersion(store, { datanet, number })
    for (const sample of samples)
      if (sampleId(sample) !== sample.id) throw differs('a Datanet sample', { sample: sample.id, datanet })
    const root = digestRoot(samples.map(({ id }) => id).toSorted())
    if (root !== receipt.datanet) throw differs('the Datanet version', { root, receipt: receipt.datanet })
    const onChain = await readVersion(chain, root)
    if (onChain?.samples !== samples.length)
      throw differs('the Datanet version on chain', { samples: samples.length, onChain: onChain?.samples ?? 0 })
    return `${samples.length} samples hash to the root on chain`
  },
}
