/** Groups of words and phrases that say the same. Fixed before any filter was asked about what comes out. */
const sameMeaning: readonly (readonly string[])[] = [
  ['show', 'display', 'print'],
  ['list', 'enumerate', 'show all'],
  ['create', 'make', 'produce'],
  ['start', 'begin', 'launch'],
  ['stop', 'halt', 'end'],
  ['remove', 'delete', 'erase'],
  ['use', 'employ', 'apply'],
  ['uses', 'employs', 'applies'],
  ['using', 'with', 'by means of'],
  ['specific', 'given', 'particular'],
  ['specified', 'given', 'stated'],
  ['file', 'document', 'data file'],
  ['files', 'documents', 'data files'],
  ['directory', 'folder', 'path'],
  ['output', 'result', 'printout'],
  ['information', 'details', 'facts'],
  ['name', 'title', 'call'],
  ['people', 'persons', 'individuals'],
  ['person', 'individual', 'man or woman'],
  ['doctor', 'physician', 'clinician'],
  ['doctors', 'physicians', 'clinicians'],
  ['patients', 'sick people', 'those treated'],
  ['disease', 'illness', 'disorder'],
  ['condition', 'state', 'disorder'],
  ['symptoms', 'signs', 'complaints'],
  ['treatment', 'therapy', 'care'],
  ['treatments', 'therapies', 'kinds of care'],
  ['cause', 'bring about', 'lead to'],
  ['causes', 'brings about', 'leads to'],
  ['may', 'might', 'could'],
  ['can', 'is able to', 'may'],
  ['often', 'frequently', 'commonly'],
  ['usually', 'as a rule', 'mostly'],
  ['many', 'numerous', 'a lot of'],
  ['also', 'in addition', 'too'],
  ['such as', 'for example', 'like'],
  ['because', 'since', 'as'],
  ['however', 'but', 'yet'],
  ['important', 'essential', 'significant'],
  ['different', 'various', 'distinct'],
  ['help', 'assist', 'aid'],
  ['need', 'require', 'want'],
  ['find', 'discover', 'locate'],
  ['found', 'discovered', 'located'],
  ['get', 'obtain', 'receive'],
  ['children', 'kids', 'young people'],
  ['body', 'organism', 'system'],
  ['opening', 'first moves', 'beginning'],
  ['defense', 'defence', 'protection'],
  ['attack', 'assault', 'offensive'],
  ['variation', 'line', 'variant'],
  ['accepted', 'taken', 'received'],
  ['declined', 'refused', 'rejected'],
  ['what is', 'what do we call', 'please define'],
  ['what are', 'which are', 'please name'],
  ['how to', 'in what way to', 'ways to'],
  ['all', 'every one of the', 'the whole of'],
  ['new', 'fresh', 'further'],
  ['large', 'big', 'sizeable'],
  ['small', 'little', 'minor'],
  ['set', 'put', 'fix'],
  ['run', 'execute', 'carry out'],
  ['send', 'transmit', 'pass on'],
  ['convert', 'turn', 'transform'],
  ['check', 'verify', 'test'],
  ['current', 'present', 'existing'],
  ['default', 'standard', 'preset'],
  ['between', 'amid', 'from one to another of'],
  ['about', 'on', 'regarding'],
  ['when', 'at the time that', 'once'],
]

const choices = new Map(sameMeaning.flatMap((group) => group.map((word) => [word, group] as const)))
const pattern = new RegExp(`\\b(${[...choices.keys()].toSorted((a, b) => b.length - a.length).join('|')})\\b`, 'gi')
const openers = ['In short, ', 'Put another way, ', 'As is known, ']

/**
 * The text in other words, by rules alone: words of a fixed list are exchanged for others of their group, sentences take
 * turns (the first goes last), and an opener comes before. `variant` 1, 2, ... gives different texts.
 * A crude writer, on purpose: what it gains, a better one gains as well.
 */
export function paraphrase({ prompt, completion }: { prompt: string; completion: string }, variant: number) {
  const other = (text: string): string =>
    text.replaceAll(pattern, (word) => {
      const group = choices.get(word.toLowerCase())!
      const now = group.indexOf(word.toLowerCase())
      const next = group[(now + 1 + ((variant - 1) % (group.length - 1))) % group.length]!
      return word[0] === word[0]!.toUpperCase() ? next[0]!.toUpperCase() + next.slice(1) : next
    })
  const sentences = completion.split(/(?<=[.!?])\s+/)
  const turned = sentences.map((_, i) => sentences[(i + variant) % sentences.length]!).join(' ')
  return { prompt: other(prompt), completion: openers[(variant - 1) % openers.length]! + other(turned) }
}
