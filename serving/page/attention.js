// The attention of one translation: two lines of words, and the grid of weights between them.

const find = (id) => document.getElementById(id);

// SentencePiece marks the begin of a word with a lower one eighth block, and the end of a text.
const shown = (token) => (token === "</s>" ? "∎" : token.replaceAll("▁", " ").trim() || "␣");

// A piece that goes on with the word before it.
const goesOn = (token, index) => index > 0 && token !== "</s>" && !token.startsWith("▁");

function element(tag, text, properties = {}) {
  const made = Object.assign(document.createElement(tag), properties);
  made.textContent = text;
  return made;
}

function weigh(target, weight) {
  target.style.setProperty("--weight", weight.toFixed(3));
}

export function draw({ source, output, attention }) {
  const sides = { source: line("source-words", source), output: line("output-words", output) };
  const cells = grid(source, output, attention);
  const column = (index) => attention.map((row) => row[index]);

  const light = (side, index) => {
    const other = side === "output" ? "source" : "output";
    const weights = side === "output" ? attention[index] : column(index);
    clear();
    sides[side][index].classList.add("chosen");
    weights.forEach((weight, position) => weigh(sides[other][position], weight));
    cells.light(side, index);
  };

  const clear = () => {
    for (const word of [...sides.source, ...sides.output]) {
      word.classList.remove("chosen");
      weigh(word, 0);
    }
    cells.clear();
  };

  for (const [side, words] of Object.entries(sides)) {
    words.forEach((word, index) => {
      word.addEventListener("pointerenter", () => light(side, index));
      word.addEventListener("focus", () => light(side, index));
      word.addEventListener("pointerleave", clear);
      word.addEventListener("blur", clear);
      word.addEventListener("keydown", (event) => step(event, words, index));
    });
  }
  cells.each((row, column_, cell) => {
    cell.addEventListener("pointerenter", () => light("output", row));
    cell.addEventListener("pointerleave", clear);
  });
}

// The arrow keys go along a line; only one of its words is a tab stop.
function step(event, words, index) {
  const move = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const next = words[index + (move ?? 0)];
  if (!move || !next) return;
  event.preventDefault();
  words[index].tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

function line(id, tokens) {
  const pieces = tokens.some((token) => token.startsWith("▁"));
  const words = tokens.map((token, index) => {
    const className = pieces && goesOn(token, index) ? "joined" : "";
    return element("button", shown(token), { type: "button", tabIndex: index ? -1 : 0, className });
  });
  find(id).replaceChildren(...words);
  return words;
}

function grid(source, output, attention) {
  const heads = source.map((token) => element("th", shown(token), { scope: "col" }));
  const top = document.createElement("tr");
  top.append(document.createElement("td"), ...heads);
  const head = document.createElement("thead");
  head.append(top);
  const body = document.createElement("tbody");
  const names = [];
  const cells = output.map((token, row) => {
    const name = element("th", shown(token), { scope: "row" });
    const line_ = attention[row].map((weight, index) => {
      const title = `${shown(token)} ← ${shown(source[index])}: ${weight.toFixed(2)}`;
      const cell = element("td", "", { title });
      weigh(cell, weight);
      return cell;
    });
    const tableRow = document.createElement("tr");
    tableRow.append(name, ...line_);
    body.append(tableRow);
    names.push(name);
    return line_;
  });
  find("grid").replaceChildren(head, body);
  const all = [...heads, ...names, ...cells.flat()];
  return {
    each: (visit) => cells.forEach((row, r) => row.forEach((cell, c) => visit(r, c, cell))),
    clear: () => all.forEach((cell) => cell.classList.remove("lit")),
    light: (side, index) => {
      const name = side === "output" ? names[index] : heads[index];
      const line_ = side === "output" ? cells[index] : cells.map((row) => row[index]);
      for (const cell of [name, ...line_]) cell.classList.add("lit");
    },
  };
}
