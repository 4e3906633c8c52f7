/** What a line of a cell is: what stands above others, what the map says, or what it does not. */
export interface Line {
  kind: "label" | "said" | "unstated";
  text: string;
}

export interface Cell {
  lines: Line[];
  /** Keys and numbers of clauses. */
  clauses: { key: string; number: string }[];
}

export interface Table {
  title: string;
  columns: string[];
  rows: Cell[][];
}

export interface ProcessingRecord {
  head: { title: string; cell: Cell }[];
  tables: Table[];
}

const CLAUSE = "#clause-";

/** The record as its printable page has it. Its clauses, which stand at the end of that, are left out. */
export function readRecord(page: Document): ProcessingRecord {
  const head = [...page.querySelectorAll("main > dl > dt")].map((title) => ({
    title: textOf(title),
    cell: cellOf(title.nextElementSibling),
  }));
  const tables = [...page.querySelectorAll("main > h2")].flatMap((title): Table[] => {
    const table = title.nextElementSibling?.querySelector("table");
    if (!table || title.id === "clauses") return [];
    return [
      {
        title: textOf(title),
        columns: [...table.querySelectorAll("thead th")].map((column) => {
          const lines = [...column.querySelectorAll("p")];
          return (lines.length > 0 ? lines : [column]).map(textOf).join(" · ");
        }),
        rows: [...table.querySelectorAll("tbody tr")].map((row) => [...row.children].map(cellOf)),
      },
    ];
  });
  return { head, tables };
}

const textOf = (element: Element): string => element.textContent.trim();

function cellOf(place: Element | null): Cell {
  if (!place) return { lines: [], clauses: [] };
  const clauses = [...place.querySelectorAll(`a[href^="${CLAUSE}"]`)].map((link) => ({
    key: decodeURIComponent((link.getAttribute("href") ?? "").slice(CLAUSE.length)),
    number: textOf(link),
  }));
  if (clauses.length > 0) return { lines: [], clauses };
  const lines = [...place.querySelectorAll("p")];
  return {
    lines: (lines.length > 0 ? lines : [place]).map((line) => ({
      kind: line.className === "label" || line.className === "unstated" ? line.className : "said",
      text: textOf(line),
    })),
    clauses,
  };
}
