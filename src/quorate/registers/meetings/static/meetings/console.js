// The keyboard of the console. Every key presses a button or chooses a field that is on the page; without this
// script the same forms serve. Switched off with the other single-key shortcuts in the settings.
(() => {
  "use strict";
  const here = () => document.querySelector("[data-console]");
  const rows = () => [...here().querySelectorAll("[data-row]")];
  let at = sessionStorage.getItem("console-row") || "";

  const current = () => rows().find((row) => row.contains(document.activeElement)) || rows().find((row) => row.id === at);
  const go = (row) => {
    if (!row) return;
    at = row.id;
    sessionStorage.setItem("console-row", at);
    row.focus();
  };
  const step = (by) => {
    const all = rows();
    if (!all.length) return;
    const index = all.indexOf(current());
    go(all[Math.max(0, Math.min(all.length - 1, index < 0 ? 0 : index + by))]);
  };
  const next = (row) => {
    const all = [...row.parentElement.querySelectorAll("[data-row]")];
    const index = all.indexOf(row);
    return all[Math.min(all.length - 1, index + 1)];
  };

  const press = (key) => {
    const row = current();
    const choice = row && row.querySelector(`[data-key="${key}"]`);
    if (choice) {
      go(row);
      if (choice.type === "radio") {
        choice.checked = true;
        go(next(row));
      } else {
        choice.click();
        go(next(row));
      }
      return true;
    }
    const target = here().querySelector(`[data-hotkey="${key}"]`);
    if (target) {
      if (target.matches("input, textarea, select")) target.focus();
      else target.click();
      return true;
    }
    const field = here().querySelector(`[data-focus="${key}"] :is(input:not([type="hidden"]), textarea, select)`);
    if (field) field.focus();
    return Boolean(field);
  };

  document.addEventListener("keydown", (event) => {
    if (!here() || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (document.documentElement.dataset.keys === "off") return;
    const typing = event.target.closest("input:not([type='radio']), textarea, select, [contenteditable], dialog");
    if (typing) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "j") step(1);
    else if (event.key === "k") step(-1);
    else if (event.key.length !== 1 || !press(event.key)) return;
    event.preventDefault();
  });

  // The answer brings the quorum only, so that keys may run ahead of answers; the row shows what was sent.
  document.addEventListener("htmx:afterRequest", (event) => {
    const button = event.detail.elt;
    if (!event.detail.successful || !button.matches('[data-rows="roll"] button')) return;
    for (const each of button.form.querySelectorAll("button")) each.setAttribute("aria-pressed", String(each === button));
  });

  const settle = () => {
    if (!here()) return;
    // A roll call that waits comes first; else the row where the keyboard stood.
    const list = here().querySelector('[data-rows="votes"]') || here();
    const row = [...list.querySelectorAll("[data-row]")].find((each) => each.id === at) || list.querySelector("[data-row]");
    if (row && !document.querySelector("[data-errors]")) go(row);
    here().dataset.ready = "";
  };
  document.addEventListener("DOMContentLoaded", settle);

  // How long the item has run.
  const tick = () => {
    for (const node of document.querySelectorAll("[data-since]")) {
      const minutes = Math.max(0, Math.floor((Date.now() - new Date(node.dataset.since).getTime()) / 60000));
      node.textContent = `${minutes} / ${node.dataset.of} min`;
    }
  };
  setInterval(tick, 10000);
  document.addEventListener("DOMContentLoaded", tick);
  document.addEventListener("htmx:afterSettle", tick);
})();
