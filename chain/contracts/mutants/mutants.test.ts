import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { equivalents } from './equivalents.ts'
import { drawMutants, findMutants, idOf, plant } from './findMutants.ts'
import { openWorkshop, testsThatSee } from './openWorkshop.ts'

const contracts = fileURLToPath(new URL('../', import.meta.url))

const source = `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice A comment with a <= b and a + b: no place for a bug.
contract Till {
    uint256 private constant WHOLE = 100;
    uint256 public sumWei;
    address private immutable owner = msg.sender;

    function pay(uint256 amountWei) external onlyRole(Roles.PAUSER) returns (uint256) {
        if (amountWei >= WHOLE) revert("too much - really"); // if (x < y)
        sumWei += amountWei;
        emit Paid(amountWei);
        return (amountWei * 3) / WHOLE;
    }
}
`

test('finds 12 places for bugs in a contract of 11 lines, none of them in comments, strings, types or events', () => {
  const found = findMutants('Till.sol', source).map(({ line, operator, from, to }) => [line, operator, from, to])
  expect(found).toEqual([
    [6, 'other constant', '100', '101'],
    [10, 'drop a guard', 'onlyRole(Roles.PAUSER) ', ''],
    [10, 'open a role', 'onlyRole(Roles.PAUSER)', 'onlyRole(Roles.OPERATOR)'],
    [11, 'compare the other way', '>=', '<'],
    [11, 'move a boundary', '>=', '>'],
    [11, 'drop a check', 'if (amountWei >= WHOLE) revert("too much - really");', ''],
    [12, 'other arithmetic', '+=', '-='],
    [12, 'drop a write', 'sumWei += amountWei;', ''],
    [14, 'other arithmetic', '*', '/'],
    [14, 'other arithmetic', '/', '*'],
    [14, 'round up', 'return (amountWei * 3) / WHOLE;', 'return ((amountWei * 3) + WHOLE - 1) / WHOLE;'],
    [14, 'other constant', '3', '4'],
  ])
})

test('plants a bug at its place and nowhere else', () => {
  const mutants = findMutants('Till.sol', source)
  for (const mutant of mutants) {
    const planted = plant(source, mutant).split('\n')
    const apart = source.split('\n').flatMap((line, i) => (line === planted[i] ? [] : [i + 1]))
    expect(apart).toEqual([mutant.line])
  }
})

test('draws the same for the same seed, from every contract in turn', () => {
  const all = ['A.sol', 'B.sol', 'C.sol'].flatMap((file) => findMutants(file, source))
  const drawn = drawMutants(all, { most: 12, seed: 1 })
  expect(drawMutants(all.toReversed(), { most: 12, seed: 1 })).toEqual(drawn)
  expect(drawMutants(all, { most: 12, seed: 2 })).not.toEqual(drawn)
  expect(['A.sol', 'B.sol', 'C.sol'].map((file) => drawn.filter((one) => one.file === file).length)).toEqual([4, 4, 4])
  expect(new Set(drawn.map(idOf)).size).toBe(12)
  expect(new Set(drawn.filter(({ file }) => file === 'A.sol').map(({ operator }) => operator)).size).toBe(4)
})

test('every equivalent mutant is one that can be planted in the contracts as they stand', () => {
  const possible = readdirSync(contracts, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sol'))
    .flatMap((file) => findMutants(file, readFileSync(join(contracts, file), 'utf8')))
  expect(possible.length).toBeGreaterThan(300)
  const gone = equivalents.filter(
    ({ file, code, from, to }) =>
      !possible.some(
        (one) => one.file === file && one.code === code && one.from.trim() === from && one.to.trim() === to,
      ),
  )
  expect(gone).toEqual([])
})

test('tests that see a contract are those that reach it by imports, through others too', () => {
  const all = new Map([
    ['Vault.sol', 'import {Till} from "./Till.sol";'],
    ['Till.sol', ''],
    ['test/System.sol', 'import {Vault} from "../Vault.sol";'],
    ['Vault.t.sol', 'import {System} from "./test/System.sol";'],
    ['Other.t.sol', ''],
  ])
  expect(testsThatSee(all, 'Till.sol')).toEqual(['Vault.t.sol'])
})

test('a planted bug that a test sees is killed by it, one that no test sees survives, and one that does not compile is told', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'tributary-mutants-'))
  const toy = join(dir, 'toy')
  mkdirSync(join(toy, 'test'), { recursive: true })
  for (const file of ['foundry.toml', 'solcJs.mjs']) cpSync(join(contracts, file), join(toy, file))
  writeFileSync(
    join(toy, 'Counter.sol'),
    `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

contract Counter {
    uint256 public count;
    uint256 public seen;

    function add(uint256 n) external {
        count += n;
        seen += n;
    }
}
`,
  )
  writeFileSync(
    join(toy, 'Counter.t.sol'),
    `// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Counter} from "./Counter.sol";

contract CounterTest {
    function test_counts() public {
        Counter counter = new Counter();
        counter.add(2);
        require(counter.count() == 2, "count");
    }
}
`,
  )
  const workshop = await openWorkshop(toy, join(dir, 'shop'))
  try {
    const found = findMutants('Counter.sol', workshop.sources.get('Counter.sol')!)
    const outcomes = []
    for (const mutant of found) {
      const { outcome, by } = await workshop.attempt(mutant)
      outcomes.push([mutant.from.trim(), mutant.to.trim(), outcome, by])
    }
    const killer = 'CounterTest test_counts()'
    expect(outcomes).toEqual([
      ['+=', '-=', 'killed', killer],
      ['count += n;', '', 'killed', killer],
      ['+=', '-=', 'killed', killer],
      ['seen += n;', '', 'survived', undefined],
    ])
    const broken = { ...found[0]!, to: '=+=' }
    expect(await workshop.attempt(broken)).toEqual({ outcome: 'does not compile' })
    expect(readFileSync(join(dir, 'shop', 'chain', 'contracts', 'Counter.sol'), 'utf8')).toContain('count += n;')
  } finally {
    await workshop.close()
    rmSync(dir, { recursive: true, force: true })
  }
}, 120_000)
