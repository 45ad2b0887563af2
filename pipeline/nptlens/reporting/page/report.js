"use strict";
// Opens the excerpts that the page holds in its block of JSON. All words from outside become text nodes and attributes; nothing is parsed as HTML.
(() => {
  const source = document.getElementById("packed");
  if (!source || !("DecompressionStream" in window)) return;
  const STEP = 25;
  let whole, names;
  const blocks = new Map();

  const unpack = async (text) => {
    const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return JSON.parse(await new Response(stream).text());
  };
  const load = async () => {
    whole ??= JSON.parse(source.textContent);
    names ??= await unpack(whole.names);
  };
  const blockOf = (number) => {
    if (!blocks.has(number)) blocks.set(number, unpack(whole.blocks[number]));
    return blocks.get(number);
  };
  const make = (tag, name, ...inside) => {
    const element = document.createElement(tag);
    if (name) element.className = name;
    element.append(...inside);
    return element;
  };
  const figure = (thousandths) => (thousandths / 1000).toFixed(3).replace("-", "\u2212");
  const count = (number) => number.toLocaleString("en");

  const reasons = (codes, row) => {
    const line = (name, ...inside) => [make("dt", "", name), make("dd", "", ...inside)];
    const seeds = codes.seeds[row].map(([seed, near]) =>
      make("li", "", make("b", "", names.seeds[seed]), near === null ? "" : `, similarity ${figure(near)}`));
    return make("details", "", make("summary", "", "Why"), make("dl", "",
      ...line("Probability", figure(codes.probability[row])),
      ...line("Runner-up", `${names.codes[codes.runner_up[row]] || "none"} (margin ${figure(codes.margin[row])})`),
      ...line("Nearest seeds", seeds.length ? make("ul", "", ...seeds) : "none named"),
      ...line("Coder", names.coders[codes.coder[row]])));
  };
  const item = async (codes, row) => {
    const number = codes.excerpt[row];
    const block = await blockOf(Math.floor(number / whole.size));
    const at = number % whole.size;
    const [start, end, text] = [block.start[at], block.end[at], block.text[at]];
    const words = make("span", "excerpt", text ?? "");
    words.dataset.segment = `${names.transcripts[block.transcript[at]]}:${start}-${end}`;
    words.dir = "auto";
    const [who, role, practice] = names.people[block.who[at]];
    const place = ` \u00b7 ${role}${practice && ` \u00b7 ${practice}`} \u00b7 ${names.shown[block.transcript[at]]}, turn ${count(block.turn[at])}`
      + ` (${block.percent[at]}% in)${block.time[at] ? `, ${block.time[at]}` : ""}, characters ${start}\u2013${end}`;
    const stance = codes.stance[row];
    const told = stance ? [make("span", "stance", stance[0].toUpperCase() + stance.slice(1)), " (by the machine) \u00b7 "] : [];
    return make("li", "",
      text === null ? make("p", "note", "[Withheld: the limit on words quoted of this participant is reached.]") : make("blockquote", "", words),
      make("p", "who", ...told, make("b", "", who), place),
      make("div", "more", reasons(codes, row)));
  };

  for (const part of document.querySelectorAll(".rest")) {
    const list = make("ol", "excerpts");
    const button = make("button", "");
    const state = make("span", "small");
    let codes, next = 0;
    button.type = "button";
    state.setAttribute("role", "status");
    const total = Number(part.dataset.held);
    const label = () => {
      button.textContent = `Show ${count(Math.min(STEP, total - next))} more of ${count(total - next)} excerpts of ${part.dataset.code}`;
      button.hidden = next >= total;
    };
    button.addEventListener("click", async () => {
      if (button.getAttribute("aria-busy")) return;
      button.setAttribute("aria-busy", "true");
      try {
        await load();
        codes ??= await unpack(whole.codes[part.dataset.anchor]);
        const rows = [...codes.excerpt.keys()].slice(next, next + STEP);
        const items = await Promise.all(rows.map((row) => item(codes, row)));
        list.append(...items);
        next += items.length;
        label();
        state.textContent = `${count(next)} of ${count(total)} opened.`;
        items[0].tabIndex = -1;
        items[0].focus({ preventScroll: true });
      } catch {
        state.textContent = "These excerpts cannot be opened here: the file is damaged or the browser too old.";
      }
      button.removeAttribute("aria-busy");
    });
    label();
    part.append(list, make("p", "opener", button, " ", state));
  }
})();
