// Which actions of the palette are meant by what was typed. No page is needed for it.

/**
 * @typedef {object} Row an action, as the kernel tells of it
 * @property {string} id
 * @property {string} group
 * @property {string} title
 * @property {string} hint
 * @property {string[]} keys
 * @property {boolean} enabled
 * @property {string} page selector of what the page presses instead of telling the kernel
 */

/** How well a row answers one word: 0 not at all. @param {Row} row @param {string} word */
function fit({ title, group, hint }, word) {
  const name = title.toLowerCase();
  if (name.startsWith(word)) return 4;
  if (name.includes(` ${word}`)) return 3;
  if (name.includes(word) || group.toLowerCase().startsWith(word)) return 2;
  return hint.toLowerCase().includes(word) ? 1 : 0;
}

/**
 * The rows that have every word somewhere, those first that have it in the title; what cannot be done now comes last.
 * @param {Row[]} rows
 * @param {string} typed
 */
export function found(rows, typed) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return rows
    .map((row) => ({ row, fits: words.map((word) => fit(row, word)) }))
    .filter(({ fits }) => fits.every((each) => each > 0))
    .map(({ row, fits }) => ({ row, rank: fits.reduce((sum, each) => sum + each, row.enabled ? 100 : 0) }))
    .sort((a, b) => b.rank - a.rank) // stable: equals stay in the table's order
    .map(({ row }) => row);
}
