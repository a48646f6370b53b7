// Type, and the translation follows: with its alternatives and its attention where the model
// offers them.

import { Model, offers } from "./api.js";
import { draw } from "./attention.js";

const PAUSE = 350; // milliseconds without a key before a translation is asked for
const STATUS_INTERVAL = 4000; // milliseconds between looks for new versions

const find = (id) => document.getElementById(id);
const model = () => new Model(find("model").value.trim(), find("version").value);

let pending = 0;
let running = new AbortController();
let known = { path: "", version: "", offered: {} };

function fail(message) {
  find("error").textContent = message;
  find("error").hidden = !message;
}

// Says what is wrong; what was known of the model no longer holds.
function forget(message) {
  known = { path: "", version: "", offered: {} };
  find("quality").hidden = true;
  fail(message);
}

// What the model offers; asked for again when the model or its version has changed.
async function learn(asked) {
  const { version, signatures } = await asked.metadata();
  if (known.path === asked.path && known.version === version) return known;
  known = { path: asked.path, version, offered: offers(signatures) };
  await showQuality(asked);
  return known;
}

async function showQuality(asked) {
  const card = known.offered.card ? await asked.card() : {};
  const parts = [`version ${known.version}`];
  if (card.bleu !== undefined) parts.push(`BLEU ${Number(card.bleu).toFixed(1)}`);
  find("quality").textContent = parts.join(" · ");
  find("quality").title = card.bleu_signature ?? "";
  find("quality").hidden = false;
  nameSides(card.languages ?? {});
}

// The languages over the two texts, where the model says which they are.
function nameSides({ source, target }) {
  const names = new Intl.DisplayNames(["en"], { type: "language" });
  find("source-label").textContent = source ? names.of(source) : "Text";
  find("translation-label").textContent = target ? names.of(target) : "Translation";
  find("source").lang = source ?? "";
  find("translation").lang = target ?? "";
}

async function translate() {
  clearTimeout(pending);
  running.abort();
  running = new AbortController();
  const { signal } = running;
  const text = find("source").value;
  fail("");
  if (!text.trim()) return show("", [], null, "");
  find("translation").classList.add("waiting");
  try {
    const asked = model();
    const start = performance.now();
    const translation = await asked.translate(text, signal);
    const timing = `${Math.round(performance.now() - start)} ms`;
    const { offered } = await learn(asked);
    const best = offered.nbest ? await asked.nbest(text, signal) : [];
    const attention = offered.explain ? await asked.explain(text, signal) : null;
    const cut = attention?.truncated ? ", only the beginning was read" : "";
    if (!signal.aborted) show(translation, best, attention, timing + cut);
  } catch (error) {
    if (error.name === "AbortError" || signal.aborted) return;
    show("", [], null, "");
    forget(error.message);
  } finally {
    if (!signal.aborted) find("translation").classList.remove("waiting");
  }
}

function show(translation, best, attention, timing) {
  find("translation").textContent = translation;
  find("translation").classList.remove("waiting");
  find("timing").textContent = timing;
  find("nbest-section").hidden = best.length === 0;
  find("nbest").replaceChildren(...best.map((entry) => alternative(entry, best[0].score)));
  const explained = attention !== null && attention.output.length > 0;
  find("attention-section").hidden = !explained;
  if (explained) draw(attention);
}

function alternative({ text, score }, bestScore) {
  const item = document.createElement("li");
  const words = document.createElement("span");
  words.textContent = text;
  const number = document.createElement("span");
  number.className = "score";
  number.textContent = score.toFixed(2);
  number.title = "log-probability";
  const bar = document.createElement("meter");
  bar.value = Math.exp(score - bestScore);
  bar.title = `${bar.value.toFixed(2)} of the best one's probability`;
  item.append(words, " ", number, bar);
  return item;
}

async function refreshVersions() {
  const select = find("version");
  try {
    const versions = await model().versions();
    const wanted = ["", ...versions];
    const present = [...select.options].map((option) => option.value);
    if (wanted.join() !== present.join()) {
      const chosen = select.value;
      select.replaceChildren(
        ...wanted.map((version) => new Option(version || `newest (${versions[0]})`, version)),
      );
      select.value = wanted.includes(chosen) ? chosen : "";
    }
    await learn(model());
  } catch (error) {
    forget(error.message);
  }
}

function listen() {
  const source = find("source");
  source.addEventListener("input", () => {
    clearTimeout(pending);
    pending = setTimeout(translate, PAUSE);
  });
  source.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) translate();
    if (event.key === "Escape") {
      source.value = "";
      translate();
    }
  });
  find("model-form").addEventListener("submit", (event) => event.preventDefault());
  find("model").addEventListener("change", async () => {
    find("version").value = "";
    fail("");
    await refreshVersions();
    await translate();
  });
  find("version").addEventListener("change", translate);
}

const requested = new URLSearchParams(location.search).get("model");
find("model").value = requested ?? document.querySelector("meta[name=model]").content;
listen();
refreshVersions();
setInterval(() => {
  if (!document.hidden) refreshVersions();
}, STATUS_INTERVAL);
