// The search palette: "/" or Ctrl/Cmd+K opens it, arrows choose, Enter goes. Without it the search page serves.
(() => {
  "use strict";
  const palette = document.querySelector("[data-palette]");
  if (!palette || !palette.showModal) return;
  const input = palette.querySelector("input[type=search]");
  const box = palette.querySelector(".palette-hits");
  const hits = () => [...box.querySelectorAll("a.hit")];

  const choose = (index) => {
    const all = hits();
    all.forEach((hit, i) => {
      hit.setAttribute("aria-selected", String(i === index));
      if (i === index) {
        input.setAttribute("aria-activedescendant", hit.id);
        hit.scrollIntoView({ block: "nearest" });
      }
    });
    if (index < 0 || !all.length) input.removeAttribute("aria-activedescendant");
  };
  const chosen = () => hits().findIndex((hit) => hit.getAttribute("aria-selected") === "true");
  const open = () => {
    if (palette.open) return;
    palette.showModal();
    input.select();
  };

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, [contenteditable]");
    const keys = document.documentElement.dataset.keys !== "off";
    if ((event.key === "/" && !typing && keys && !event.ctrlKey && !event.metaKey) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
      event.preventDefault();
      open();
    }
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-open-palette]")) {
      event.preventDefault();
      open();
    }
    if (event.target === palette) palette.close();
  });
  input.addEventListener("keydown", (event) => {
    const all = hits();
    const here = chosen();
    if (event.key === "ArrowDown") choose(Math.min(here + 1, all.length - 1));
    else if (event.key === "ArrowUp") choose(Math.max(here - 1, 0));
    else if (event.key === "Enter" && all.length) window.location.assign(all[Math.max(here, 0)].href);
    else if (event.key === "Escape") palette.close();
    else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target === box) choose(hits().length ? 0 : -1);
  });
})();
