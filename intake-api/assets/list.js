// Keys on a list: j, k or the arrows move, Enter opens, x ticks, / goes to the search field. Without this script all of it is there
// by pointer and tab.
(() => {
  const rows = [...document.querySelectorAll(".found tbody tr")];
  const search = document.getElementById("receipt");
  let at = -1;
  const go = (to) => {
    if (rows.length === 0) return;
    at = Math.max(0, Math.min(rows.length - 1, to));
    rows.forEach((row, index) => row.classList.toggle("current", index === at));
    rows[at].querySelector("a.open").focus();
    rows[at].scrollIntoView({ block: "nearest" });
  };
  // A line that somebody came to by tab is the current one too.
  rows.forEach((row, index) => row.addEventListener("focusin", () => {
    at = index;
    rows.forEach((other) => other.classList.toggle("current", other === row));
  }));
  const tick = () => {
    const box = rows[at]?.querySelector("input[type=checkbox]");
    if (box) box.checked = !box.checked;
  };
  const keys = { j: () => go(at + 1), ArrowDown: () => go(at + 1), k: () => go(at - 1), ArrowUp: () => go(at - 1), x: tick, "/": () => search.focus() };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]");
    if (typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || !(event.key in keys)) return;
    event.preventDefault();
    keys[event.key]();
  });
})();
