/** What was equal and what was not. */
export async function sha256(data) {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Python's names in JavaScript's spelling. */
export const camel = (options) => Object.fromEntries(Object.entries(options).map(([key, value]) => [key.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]));

/** Of so many the difference is told; all are counted. */
const KEPT = 10;

export class Report {
  equal = { files: 0, decodings: 0, pipes: 0 };
  wrong = 0;
  first = [];

  /** Counts under `kind` whether `make` gives `expected`; what it throws is a difference. */
  async check(kind, item, expected, make) {
    const got = await make().catch((error) => `${error?.code ?? error?.name}: ${error?.message ?? error}`);
    if (got === expected) this.equal[kind]++;
    else this.note(kind, item, expected, got);
  }

  note(kind, item, expected, got) {
    this.wrong++;
    if (this.first.length < KEPT) this.first.push({ kind, item, expected, got: String(got).slice(0, 200) });
  }

  result() {
    return { equal: this.equal, wrong: this.wrong, first: this.first };
  }
}
