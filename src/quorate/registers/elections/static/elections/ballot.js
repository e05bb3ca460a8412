// Makes the commitment to a ballot on the voter's own device, and for level C a blind token, then sends the ballot.
// Without this script the server does it and says so. The mathematics is that of decisions/balloting in the product:
// c = m·G + r·H over edwards25519, tokens by RFC 9474.
"use strict";
(() => {
  const form = document.getElementById("ballot");
  if (!form || !window.crypto || !crypto.subtle || typeof BigInt === "undefined") return;
  const given = form.dataset;
  const P = 2n ** 255n - 19n;
  const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
  const mod = (value, by) => { const rest = value % by; return rest < 0n ? rest + by : rest; };
  const power = (base, exponent, by) => {
    let found = 1n, square = mod(base, by);
    for (let left = exponent; left > 0n; left >>= 1n) {
      if (left & 1n) found = found * square % by;
      square = square * square % by;
    }
    return found;
  };
  const inverse = (value, by) => {
    let [a, b, x, y] = [mod(value, by), by, 1n, 0n];
    while (b) { const q = a / b; [a, b, x, y] = [b, a % b, y, x - q * y]; }
    if (a !== 1n) throw new Error("no inverse");
    return mod(x, by);
  };
  const D = mod(-121665n * inverse(121666n, P), P);
  const affine = (x, y) => [x, y, 1n, x * y % P];
  const BASE = affine(0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
    0x6666666666666666666666666666666666666666666666666666666666666658n);
  const SECOND = affine(0x2143b523c1e1ebe554350a332ccba9b8c025113d9e46ab3ff07cf812f158aa39n,
    0x2e8632784c377652653bd8e93f7c4a4a5a1c573d577fd88327b41fa301ae0c81n);
  const add = (p, q) => {
    const a = mod((p[1] - p[0]) * (q[1] - q[0]), P), b = (p[1] + p[0]) * (q[1] + q[0]) % P;
    const c = 2n * p[3] * q[3] % P * D % P, d = 2n * p[2] * q[2] % P;
    const e = b - a, f = d - c, g = d + c, h = b + a;
    return [mod(e * f, P), mod(g * h, P), mod(f * g, P), mod(e * h, P)];
  };
  const times = (scalar, point) => {
    let found = [0n, 1n, 1n, 0n];
    for (let left = scalar, step = point; left > 0n; left >>= 1n, step = add(step, step)) {
      if (left & 1n) found = add(found, step);
    }
    return found;
  };
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const bytes = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));
  const big = (data) => BigInt("0x" + (hex(data) || "0"));
  const little = (data) => big(Uint8Array.from(data).reverse());
  const octets = (value, length) => bytes(value.toString(16).padStart(2 * length, "0"));
  const littleOctets = (value) => octets(value, 32).reverse();
  const random = (length) => crypto.getRandomValues(new Uint8Array(length));
  const join = (...parts) => Uint8Array.from(parts.flatMap((part) => Array.from(part)));
  const hash = async (name, data) => new Uint8Array(await crypto.subtle.digest(name, data));
  const text = (words) => new TextEncoder().encode(words);
  const below = (limit, length) => {
    for (;;) { const found = big(random(length)); if (found > 0n && found < limit) return found; }
  };

  const encode = (point) => {
    const z = inverse(point[2], P), x = point[0] * z % P, y = point[1] * z % P;
    return littleOctets(y | (x & 1n) << 255n);
  };
  const commit = async (ballot, r) => {
    const parts = [text("quorate/ballot/1"), bytes(given.hash), text(JSON.stringify(ballot))];
    const framed = join(...parts.flatMap((part) => [octets(BigInt(part.length), 8), part]));
    const m = little(await hash("SHA-512", framed)) % ORDER;
    return encode(add(times(m, BASE), times(r, SECOND)));
  };

  const ranks = () => {
    const marks = [...form.querySelectorAll("[data-candidate]:not(:disabled)")];
    if (given.ballot === "approvals") {
      const chosen = marks.filter((mark) => mark.checked).map((mark) => mark.dataset.candidate).sort();
      return chosen.length ? [chosen] : [];
    }
    if (given.ballot === "scores") {
      const scored = marks.filter((mark) => mark.value && mark.value !== "0");
      const sorted = scored.sort((one, two) => (one.dataset.candidate < two.dataset.candidate ? -1 : 1));
      return Object.fromEntries(sorted.map((mark) => [mark.dataset.candidate, Number(mark.value)]));
    }
    const levels = new Map();
    for (const mark of marks.filter((item) => item.value)) {
      levels.set(mark.value, [...(levels.get(mark.value) || []), mark.dataset.candidate]);
    }
    return [...levels.keys()].sort((one, two) => one - two).map((level) => levels.get(level).sort());
  };

  // RFC 9474, RSABSSA-SHA384-PSS-Randomized.
  // What was drawn is given back in, so that a token whose answer was lost can be asked for again.
  const registrars = JSON.parse(given.registrars || "[]");
  const token = async (drawn, place) => {
    const key = registrars[place], own = drawn.blinds[place];
    const n = BigInt("0x" + key.n), e = BigInt(key.e), size = Math.ceil(key.n.length / 2);
    const bits = n.toString(2).length - 1, length = Math.ceil(bits / 8);
    const [value, prefix, salt] = [drawn.value, drawn.prefix, own.salt].map(bytes);
    const digest = await hash("SHA-384", join(new Uint8Array(8), await hash("SHA-384", join(prefix, value)), salt));
    const block = join(new Uint8Array(length - 98), [1], salt);
    let mask = new Uint8Array(0);
    for (let count = 0; mask.length < block.length; count += 1) {
      mask = join(mask, await hash("SHA-384", join(digest, octets(BigInt(count), 4))));
    }
    const masked = block.map((byte, place) => byte ^ mask[place]);
    masked[0] &= 0xff >> (8 * length - bits);
    const encoded = big(join(masked, digest, [0xbc]));
    const factor = BigInt("0x" + own.factor);
    const blinded = octets(encoded * power(factor, e, n) % n, size);
    return { blinded, finish: (signed) => {
      const signature = mod(big(signed) * inverse(factor, n), n);
      if (power(signature, e, n) !== encoded) throw new Error(given.unsigned);
      return octets(signature, size);
    } };
  };

  const send = async (url, body, session) => {
    const headers = { "Content-Type": "application/json" };
    if (session) headers["X-CSRFToken"] = form.elements.csrfmiddlewaretoken.value;
    const answer = await fetch(url, {
      method: "POST", headers, body: JSON.stringify(body), credentials: session ? "same-origin" : "omit",
      referrerPolicy: "no-referrer", cache: "no-store",
    });
    const found = await answer.json();
    if (!answer.ok) {
      throw Object.assign(new Error([found.what, found.mend].filter(Boolean).join(" — ")), { status: answer.status });
    }
    return found;
  };

  const shelf = `quorate-election-${given.election}`;
  const kept = () => { try { return JSON.parse(localStorage.getItem(shelf) || "{}"); } catch { return {}; } };
  const keep = (more) => { try { localStorage.setItem(shelf, JSON.stringify({ ...kept(), ...more })); } catch { /* private window */ } };
  const codeField = form.elements.replaces;
  if (codeField && !codeField.value && kept().code) codeField.value = kept().code;
  for (const item of document.querySelectorAll("[data-without-script]")) item.hidden = true;
  for (const item of document.querySelectorAll("[data-with-script]")) item.hidden = false;

  // Attempts of this tab that had no answer: sent again they are the same ballot, and their codes may replace it.
  const drafts = (() => { try { return JSON.parse(sessionStorage.getItem(shelf) || "[]"); } catch { return []; } })();
  const note = () => { try { sessionStorage.setItem(shelf, JSON.stringify(drafts)); } catch { /* private window */ } };
  const status = document.getElementById("ballot-status");
  const say = (words, wrong) => { status.textContent = words; status.className = wrong ? "error" : "quiet"; };

  const credential = async () => {
    if (kept().token) return kept().token;
    const drawn = kept().drawn || {
      value: hex(random(32)), prefix: hex(random(32)),
      blinds: registrars.map((key) => ({
        salt: hex(random(48)), factor: below(BigInt("0x" + key.n), Math.ceil(key.n.length / 2)).toString(16),
      })),
    };
    keep({ drawn });
    const made = await Promise.all(registrars.map((_key, place) => token(drawn, place)));
    const blinded = made.map((item) => hex(item.blinded));
    let answer = await send(given.token, { blinded }, true);
    while (answer.signed.includes(null)) {
      say(given.waiting, false);
      await new Promise((done) => { setTimeout(done, 2000); });
      answer = await send(given.token, { blinded }, true);
    }
    say(given.working, false);
    const signatures = made.map((item, place) => hex(item.finish(bytes(answer.signed[place]))));
    const found = { token: drawn.value, prefix: drawn.prefix, signatures };
    keep({ token: found, drawn: undefined });
    return found;
  };

  const deliver = async (body, before) => {
    const sent = before ? { ...body, replaces: before } : body;
    if (given.level !== "C") return send(given.cast, sent, true);
    return send(given.box, before ? sent : { ...sent, credential: await credential() }, false);
  };

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button.primary");
    button.disabled = true;
    say(given.working, false);
    try {
      const ballot = ranks(), said = JSON.stringify(ballot);
      let draft = drafts.find((item) => item.said === said);
      if (!draft) {
        draft = { said, r: hex(littleOctets(below(ORDER, 32))), code: hex(random(32)) };
        drafts.push(draft);
        note();
      }
      const commitment = await commit(ballot, little(bytes(draft.r)));
      const anchor = await hash("SHA-256", join(text("quorate/change code/1"), bytes(draft.code)));
      const body = { ballot, r: draft.r, anchor: hex(anchor), commitment: hex(commitment) };
      const shown = codeField ? codeField.value.trim() : "";
      let receipt = null;
      const others = drafts.filter((item) => item !== draft).map((item) => item.code).reverse();
      for (const before of [shown, ...others]) {
        try {
          receipt = await deliver(body, before);
          break;
        } catch (error) {
          if (error.status !== 409 || before === [shown, ...others].at(-1)) throw error;
        }
      }
      if (receipt.commitment !== body.commitment || receipt.anchor !== body.anchor) throw new Error(given.other);
      keep({ code: draft.code, index: receipt.index });
      drafts.length = 0;
      note();
      show(receipt, draft.code);
    } catch (error) {
      say(String(error.message || error), true);
      button.disabled = false;
    }
  });

  const show = (receipt, code) => {
    form.hidden = true;
    const done = document.getElementById("ballot-done");
    done.hidden = false;
    done.querySelector("[data-slot=index]").textContent = receipt.index;
    done.querySelector("[data-slot=commitment]").textContent = receipt.commitment;
    done.querySelector("[data-slot=code]").textContent = code;
    const file = done.querySelector("[data-slot=file]");
    file.href = URL.createObjectURL(new Blob([JSON.stringify(receipt, null, 1)], { type: "application/json" }));
    file.download = `receipt-${receipt.index}.json`;
    done.querySelector("[data-slot=check]").href += `?place=${receipt.commitment}`;
    say("", false);
    done.querySelector("h2").focus();
  };
})();
