// The views of the lists: what stands in each, and in what order. As the server decides it.

export const VIEWS = ["waiting", "mine", "all", "resolved"];

/** A view of which nothing is known yet. */
export function newView() {
  return { references: [], page: 1, pages: 1, state: "loading", search: "" };
}

/** Whether a row stands in a view of the member with this id. */
export function belongs(row, view, me) {
  if (view === "waiting") return !row.assignee && row.status === "open" && row.waiting_since_us > 0;
  if (view === "mine") return row.assignee?.id === me && row.status !== "resolved";
  if (view === "resolved") return row.status === "resolved";
  return true;
}

/** Who waits longest first; elsewhere the latest first. */
export function inOrder(rows, view) {
  return rows.sort(view === "waiting" ? byWaiting : byLatest);
}

function byLatest(a, b) {
  return b.last_us - a.last_us;
}

// The urgent ones first. A conversation that was just taken keeps its place by when it came.
function byWaiting(a, b) {
  return b.urgent - a.urgent || (a.waiting_since_us || a.last_us) - (b.waiting_since_us || b.last_us);
}
