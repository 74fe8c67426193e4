import type { Digest, PayeeId } from '../../kernel/index.ts'
import type { DecodedShard } from './decodeShard.ts'
import { blockSymbols } from './documentSections.ts'
import { PackedArray } from './PackedArray.ts'
import { wordsOf } from './wordsOf.ts'
import type { DocumentFacts } from './TokenIndex.ts'

/** Who holds which part of a shard's text, however it is stored. */
export type Documents = Pick<DocumentTable, 'length' | 'symbols' | 'start' | 'at' | 'facts' | 'sample'>

/** Who holds which part of a shard's text. What was looked up once is kept as an object. */
export class DocumentTable {
  readonly length: number
  /** Of all documents, without the separators. */
  readonly symbols: number
  readonly #digests: Uint8Array
  readonly #names: PayeeId[]
  readonly #payees: PackedArray
  readonly #clusters: PackedArray
  readonly #starts: PackedArray
  readonly #blocks: PackedArray
  readonly #textLength: number
  readonly #known: (DocumentFacts | undefined)[]

  constructor({ header, sections }: DecodedShard) {
    const { payeeBits, clusterBits, startBits, blockBits } = header.layout
    this.length = header.documents
    this.symbols = header.symbols
    this.#digests = sections.get('digests')!
    // A copy, because the decoder takes no shared memory.
    this.#names = JSON.parse(new TextDecoder().decode(sections.get('payeeNames')!.slice())) as PayeeId[]
    this.#payees = new PackedArray(wordsOf(sections.get('payees')!), payeeBits!)
    this.#clusters = new PackedArray(wordsOf(sections.get('clusters')!), clusterBits!)
    this.#starts = new PackedArray(wordsOf(sections.get('starts')!), startBits!)
    this.#blocks = new PackedArray(wordsOf(sections.get('blocks')!), blockBits!)
    this.#textLength = header.symbols + header.documents
    this.#known = Array.from({ length: this.length })
  }

  /** Where a document starts; that of the one behind the last is the length of the text. */
  start(document: number): number {
    return document < this.length ? this.#starts.at(document) : this.#textLength
  }

  /** The document that holds this place of the text. */
  at(position: number): number {
    let document = this.#blocks.at(Math.floor(position / blockSymbols))
    while (document + 1 < this.length && this.#starts.at(document + 1) <= position) document++
    return document
  }

  facts(document: number): DocumentFacts {
    return (this.#known[document] ??= {
      sample: this.#digest(document),
      payee: this.#names[this.#payees.at(document)]!,
      cluster: this.#digest(this.#clusters.at(document)),
    })
  }

  /** Without keeping an object of each. */
  sample(document: number): Digest {
    return this.#digest(document)
  }

  #digest(i: number): Digest {
    return `0x${Buffer.from(this.#digests.slice(32 * i, 32 * i + 32)).toString('hex')}` as Digest
  }
}
