/** What was equal and what was not. */
export const bytesOf = (data) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

export async function sha256(data) {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytesOf(data)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Python's names in JavaScript's spelling. */
export const camel = (options) => Object.fromEntries(Object.entries(options).map(([key, value]) => [key.replace(/_(.)/g, (_, c) => c.toUpperCase()), value]));

/** Of so many the difference is told; all are counted. */
const KEPT = 10;
/** Of what was made so many bytes are kept. */
const KEPT_BYTES = 2 ** 18;
/** What differed is made so often again: an engine that runs the same module over the same bytes gives the same, unless it is at fault. */
const AGAIN = 3;

export class Report {
  equal = { files: 0, decodings: 0, pipes: 0 };
  wrong = 0;
  first = [];
  unsteady = [];

  /** Counts under `kind` whether `make` gives [`expected`, bytes that it stands for]; what it throws is a difference. */
  async check(kind, item, expected, make) {
    const tried = async () => make().catch((error) => [`${error?.code ?? error?.name}: ${error?.message ?? error}`]);
    const [got, bytes] = await tried();
    if (got === expected) {
      this.equal[kind]++;
      return;
    }
    let equal = 0;
    for (let time = 0; time < AGAIN; time++) equal += (await tried())[0] === expected;
    const kept = bytes && base64(bytes.subarray(0, KEPT_BYTES));
    if (equal < AGAIN) this.note(kind, item, expected, got, ` (as expected in ${equal} of ${AGAIN} further tries)`, kept);
    else {
      this.equal[kind]++;
      this.unsteady.push({ kind, item, expected, got: short(got), kept });
    }
  }

  note(kind, item, expected, got, more = "", kept = undefined) {
    this.wrong++;
    if (this.first.length < KEPT) this.first.push({ kind, item, expected, got: short(got) + more, kept });
  }

  result() {
    return { equal: this.equal, wrong: this.wrong, first: this.first, unsteady: this.unsteady };
  }
}

const short = (text) => String(text).slice(0, 200);

function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
