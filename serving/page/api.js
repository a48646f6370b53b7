// The public REST API of a model server, as far as the page needs it.

export class ApiError extends Error {}

const EXPLAIN = "explain";
const NBEST = "nbest";
const CARD = "card";

async function call(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new ApiError("The server does not answer.");
  }
  const text = await response.text();
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    throw new ApiError(`The server's answer is no JSON (status ${response.status}).`);
  }
  if (!response.ok) throw new ApiError(body.error ?? `Status ${response.status}`);
  return body;
}

export class Model {
  // name: the model's; version: digits, or "" for the newest.
  constructor(name, version) {
    if (!name) throw new ApiError("Give the name of a model.");
    this.name = name;
    this.root = `v1/models/${encodeURIComponent(name)}`;
    this.path = version ? `${this.root}/versions/${version}` : this.root;
  }

  async versions() {
    const status = await call(this.root);
    return status.model_version_status
      .filter((entry) => entry.state === "AVAILABLE")
      .map((entry) => entry.version);
  }

  async metadata() {
    const metadata = await call(`${this.path}/metadata`);
    return {
      version: metadata.model_spec.version,
      signatures: metadata.metadata.signature_def.signature_def,
    };
  }

  async predict(signature, text, signal) {
    const body = JSON.stringify({ signature_name: signature, instances: [{ text }] });
    const answer = await call(`${this.path}:predict`, { method: "POST", body, signal });
    return answer.predictions[0];
  }

  async translate(text, signal) {
    return (await this.predict("serving_default", text, signal)).translation;
  }

  // [{text, score}], the best first.
  async nbest(text, signal) {
    const best = await this.predict(NBEST, text, signal);
    return best.translations.map((entry, rank) => ({ text: entry, score: best.scores[rank] }));
  }

  // {source: words, output: words, attention: [output][source]} without padding; and whether the
  // model read only the beginning of the text.
  async explain(text, signal) {
    const answer = await this.predict(EXPLAIN, text, signal);
    const source = unpadded(answer.source_tokens, answer.source_lengths);
    const output = unpadded(answer.output_tokens, answer.output_lengths);
    const attention = answer.attention
      .slice(0, output.length)
      .map((row) => row.slice(0, source.length));
    return { source, output, attention, truncated: answer.truncated ?? false };
  }

  // What the export says of itself (for one: its BLEU), or {}.
  async card(signal) {
    const card = await this.predict(CARD, "", signal);
    return JSON.parse(typeof card === "string" ? card : card.card);
  }
}

export const offers = (signatures) => ({
  nbest: NBEST in signatures,
  explain: EXPLAIN in signatures,
  card: CARD in signatures,
});

function unpadded(tokens, length) {
  if (length !== undefined) return tokens.slice(0, length);
  let end = tokens.length;
  while (end > 0 && tokens[end - 1] === "") end -= 1;
  return tokens.slice(0, end);
}
