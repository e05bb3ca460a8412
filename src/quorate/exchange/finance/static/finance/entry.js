// Says while typing what is left over between debits and credits. Whole cents in BigInt: no rounding. The server decides.
"use strict";
(() => {
  const form = document.querySelector("[data-entry]");
  const said = form?.querySelector("[data-left]");
  if (!said) return;
  const DIGITS = 9;
  const read = (text) => {
    const tidy = text.trim().replace(/(?<=\d)[  ,'](?=\d{3}(\D|$))/g, "");
    if (!/^\d*(\.\d{0,9})?$/.test(tidy)) return 0n;
    const [whole, part = ""] = tidy.split(".");
    return BigInt((whole || "0") + part.padEnd(DIGITS, "0"));
  };
  const show = (amount) => {
    const text = amount.toString().padStart(DIGITS + 1, "0");
    return (text.slice(0, -DIGITS) + "." + text.slice(-DIGITS)).replace(/(\.\d\d\d*?)0*$/, "$1");
  };
  const sum = () => {
    let left = 0n;
    for (const input of form.querySelectorAll("[data-amount]")) {
      left += input.dataset.amount === "debit" ? read(input.value) : -read(input.value);
    }
    const words = left === 0n ? said.dataset.even : left > 0n ? `${said.dataset.debit} ${show(left)}` : `${said.dataset.credit} ${show(-left)}`;
    said.textContent = words;
  };
  form.addEventListener("input", sum);
  sum();
})();
