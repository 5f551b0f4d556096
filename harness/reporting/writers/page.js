// Tables sort by the column whose header is clicked; a second click reverses.

"use strict";

const texts = new Intl.Collator("en");

/** The key to sort a cell by: a number, a text, or null if it is empty. */
function sortKey(cell) {
  if (cell.dataset.value === undefined) {
    return cell.matches(".empty") ? null : cell.textContent || null;
  }
  const number = Number(cell.dataset.value);
  return Number.isNaN(number) ? null : number;
}

/** The order of two keys; numbers come before texts. */
function compare(a, b) {
  if (typeof a !== typeof b) return typeof a === "number" ? -1 : 1;
  if (typeof a === "string") return texts.compare(a, b);
  return a < b ? -1 : Number(a > b);
}

/** Sorts the rows by a column; empty cells come last, whatever the sign. */
function sortRows(body, column, sign) {
  const keyed = [...body.rows].map((row) => [sortKey(row.cells[column]), row]);
  const full = keyed.filter(([key]) => key !== null);
  const empty = keyed.filter(([key]) => key === null);
  full.sort(([a], [b]) => sign * compare(a, b));
  body.append(...[...full, ...empty].map(([, row]) => row));
}

/** Sorts by the column of a header, and says so. */
function sortBy(header) {
  const isAscending = header.ariaSort === "ascending";
  for (const other of header.parentElement.cells) other.ariaSort = "none";
  header.ariaSort = isAscending ? "descending" : "ascending";
  const body = header.closest("table").tBodies[0];
  sortRows(body, header.cellIndex, isAscending ? -1 : 1);
}

// A button takes the keyboard, too; without this script there is none to press.
for (const header of document.querySelectorAll("thead th")) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...header.childNodes);
  header.append(button);
  header.ariaSort = "none";
  header.addEventListener("click", () => sortBy(header));
}
