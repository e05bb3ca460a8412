// Small conveniences; every page works without them. No page relies on inline script.
(() => {
  "use strict";
  const root = document.documentElement;
  // Day before month in English too, as the server writes days.
  const lang = root.lang === "en" ? "en-GB" : root.lang || undefined;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

  // Times in the reader's own zone; the zone itself on hover.
  const shapes = {
    minute: { year: "numeric", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    day: { year: "numeric", month: "short", day: "numeric" },
    time: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
    full: { weekday: "long", year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "short" },
  };
  const formats = {};
  const format = (shape) => (formats[shape] ||= new Intl.DateTimeFormat(lang, shapes[shape]));
  const localise = (scope) => {
    for (const node of scope.querySelectorAll("time[data-local], time[data-hover]")) {
      const at = new Date(node.dateTime);
      if (Number.isNaN(at.getTime())) continue;
      const shape = node.dataset.local;
      if (shape && shapes[shape]) node.textContent = format(shape).format(at);
      node.title = `${format("full").format(at)} (${zone})`;
      delete node.dataset.local;
      delete node.dataset.hover;
    }
  };

  // A summary of errors takes the focus, so that it is read first.
  const settle = (scope) => {
    localise(scope);
    const errors = scope.querySelector("[data-errors]");
    if (errors) errors.focus();
  };

  document.addEventListener("DOMContentLoaded", () => settle(document));
  document.addEventListener("htmx:afterSwap", (event) => settle(event.target));
  document.addEventListener("htmx:oobAfterSwap", (event) => localise(event.target));
  document.addEventListener("htmx:configRequest", (event) => {
    const deploy = document.querySelector('meta[name="quorate-deploy"]');
    if (deploy) event.detail.headers["X-Quorate-Deploy"] = deploy.content;
    if (event.detail.elt.matches("[data-filters]")) {
      // Parameters left blank do not belong into the address.
      for (const [key, value] of [...event.detail.formData.entries()]) if (value === "") event.detail.formData.delete(key);
    }
  });
  document.addEventListener("htmx:responseError", (event) => {
    const main = document.getElementById("main");
    if (!main) return;
    const note = document.createElement("div");
    note.className = "notice";
    note.dataset.tone = "late";
    note.setAttribute("role", "alert");
    note.textContent = root.dataset.failed || `${event.detail.xhr.status} ${event.detail.xhr.statusText}`;
    main.prepend(note);
  });

  document.addEventListener("change", (event) => {
    if (event.target.matches("select[data-submit]")) event.target.form.submit();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) window.print();
    const open = document.querySelector(".bar details[open]");
    if (open && !open.contains(event.target)) open.open = false;
  });

  // Lists by keyboard: j and k walk the rows, Enter follows. Off when the reader switched keys off.
  const typing = (node) => node.closest("input, textarea, select, [contenteditable], dialog");
  document.addEventListener("keydown", (event) => {
    if (root.dataset.keys === "off" || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key !== "j" && event.key !== "k") return;
    const links = [...document.querySelectorAll("table[data-keys] .name a, .item-title")];
    if (!links.length) return;
    const here = links.indexOf(document.activeElement);
    const next = event.key === "j" ? Math.min(here + 1, links.length - 1) : Math.max(here - 1, 0);
    links[next].focus();
    event.preventDefault();
  });
})();
