import { show } from "./display.js";
import { VaeransError, decodeProgressive, info } from "./index.js";
import type { Picture } from "./picture.js";
import type { FileInfo } from "./types.js";

// Everything inside is out of flow: the size comes from the host alone, and the page's own rules for it win.
const STYLE = `:host{display:inline-block;contain:layout paint;max-width:100%}:host([hidden]){display:none}
canvas,img,span{position:absolute;inset:0;width:100%;height:100%;object-fit:inherit;object-position:inherit;overflow:hidden}`;

/** How far outside of the window a lazy picture is fetched already. */
const AHEAD = "50% 25%";

/** A header is never longer than this; a file that has none after so many bytes is the decoder's to judge. */
const HEADER = 1 << 20;

/** What a `<vaerans-img>` shows, and how it gets there. @internal */
export class View {
  naturalWidth = 0;
  naturalHeight = 0;
  complete = true;
  private readonly size: CSSStyleRule;
  private observer?: IntersectionObserver | undefined;
  private stop?: AbortController | undefined;
  /** The source that is shown, on its way or waited for. */
  private src: string | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly root: ShadowRoot,
  ) {
    const sheet = new CSSStyleSheet(); // no <style>: a CSP may forbid it
    sheet.replaceSync(`${STYLE}:host{}`);
    root.adoptedStyleSheets = [sheet];
    this.size = sheet.cssRules[sheet.cssRules.length - 1] as CSSStyleRule;
  }

  private text(name: string): string | null {
    return this.host.getAttribute(name);
  }

  get width(): number {
    return parseInt(this.text("width") ?? "") || 0;
  }

  get height(): number {
    return parseInt(this.text("height") ?? "") || 0;
  }

  connect(): void {
    this.name();
    this.begin();
  }

  /** An element that is only moved goes on. */
  disconnect(): void {
    queueMicrotask(() => this.host.isConnected || this.end());
  }

  change(attribute: string): void {
    if (attribute === "alt") this.name();
    if (attribute === "width" || attribute === "height") this.fit();
    if (this.host.isConnected && (attribute === "src" || (attribute === "loading" && this.observer))) {
      this.end();
      this.src = null; // the same one again: another try
      this.begin();
    }
  }

  /** For those who hear the page. An empty alt: decoration. */
  private name(): void {
    if (!this.host.isConnected) return;
    const alt = this.text("alt");
    this.host.setAttribute("role", alt === "" ? "presentation" : "img");
    if (alt) this.host.setAttribute("aria-label", alt);
    else this.host.removeAttribute("aria-label");
  }

  /** Keeps the place free: from the attributes, or from the file's size once that is known. */
  private fit(): void {
    const { width, height, naturalWidth, naturalHeight } = this;
    const { style } = this.size;
    style.aspectRatio = width && height ? `${width}/${height}` : naturalWidth ? `${naturalWidth}/${naturalHeight}` : "";
    style.width = width ? `${width}px` : naturalWidth && !height ? `${naturalWidth}px` : "";
    style.height = height && !width ? `${height}px` : "";
  }

  private begin(): void {
    const src = this.text("src");
    if (src === this.src) return;
    this.src = src;
    this.naturalWidth = this.naturalHeight = 0;
    this.fit();
    if (!src) return this.root.replaceChildren();
    this.complete = false;
    if (this.text("loading") === "eager" || typeof IntersectionObserver === "undefined") return void this.load(src);
    const seen = (entries: IntersectionObserverEntry[]): void => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.unwatch();
      void this.load(src);
    };
    this.observer = new IntersectionObserver(seen, { rootMargin: AHEAD });
    this.observer.observe(this.host);
  }

  private unwatch(): void {
    this.observer?.disconnect();
    this.observer = undefined;
  }

  /** What is under way is given up; what is shown stays. */
  private end(): void {
    this.unwatch();
    this.stop?.abort();
    this.stop = undefined;
    if (!this.complete) this.src = null;
    this.complete = true;
  }

  private emit(type: string, detail: object): void {
    this.host.dispatchEvent(new CustomEvent(type, { detail }));
  }

  private async load(src: string): Promise<void> {
    const { signal } = (this.stop = new AbortController());
    try {
      await this.paint(src, signal);
      if (!signal.aborted) this.done(false);
    } catch (error) {
      if (signal.aborted) return;
      this.fail(error, false);
      this.instead(signal);
    }
  }

  private done(fallback: boolean): void {
    this.complete = true;
    this.emit("load", { width: this.naturalWidth, height: this.naturalHeight, fallback });
  }

  private fail(error: unknown, fallback: boolean): void {
    this.complete = true;
    // What the page itself throws, at a canvas that is too large for example, has no code, or a number of old.
    const told = error instanceof VaeransError ? error : new VaeransError(error instanceof RangeError ? "limit.memory" : "internal.bug", `${error}`, error);
    this.emit("error", { code: told.code, message: told.message, error: told, fallback });
  }

  private async paint(src: string, signal: AbortSignal): Promise<void> {
    const response = await fetch(src, { signal }).catch((error) => {
      throw new VaeransError("stream.network", `cannot fetch ${src}: ${error}`, error);
    });
    if (!response.ok) throw new VaeransError("stream.network", `the server answered ${response.status} for ${src}`);
    const canvas = document.createElement("canvas");
    canvas.part.add("canvas");
    const bytes = response.body!.pipeThrough(this.header(signal));
    await decodeProgressive(bytes, (picture, level) => this.put(picture, canvas, level, signal), { signal });
  }

  private put(picture: Picture, canvas: HTMLCanvasElement, level: object, signal: AbortSignal): void {
    if (signal.aborted) return;
    this.known(picture.meta);
    show(picture, canvas);
    if (!canvas.parentNode) this.root.replaceChildren(canvas);
    this.emit("progress", level);
  }

  /** Passes the bytes on and tells the picture's size as soon as they hold its header. */
  private header(signal: AbortSignal): TransformStream<Uint8Array, Uint8Array> {
    let head: Uint8Array | undefined = new Uint8Array();
    const transform = (chunk: Uint8Array, out: TransformStreamDefaultController<Uint8Array>): void => {
      if (head && !this.naturalWidth && head.length < HEADER) {
        const more: Uint8Array = new Uint8Array(head.length + chunk.length);
        more.set(head);
        more.set(chunk, head.length);
        head = more;
        info(more, { signal }).then(
          (header) => signal.aborted || this.known(header),
          () => {},
        ); // the decoder says what is wrong
      } else {
        head = undefined;
      }
      out.enqueue(chunk);
    };
    return new TransformStream({ transform });
  }

  private known({ width, height, orientation }: FileInfo): void {
    [this.naturalWidth, this.naturalHeight] = orientation > 4 ? [height, width] : [width, height];
    this.fit();
  }

  /** The fallback, or the words that stand for the picture. */
  private instead(signal: AbortSignal): void {
    const src = this.text("fallback");
    if (!src) {
      const words = document.createElement("span");
      words.textContent = this.text("alt");
      return this.root.replaceChildren(words);
    }
    const image = new Image();
    image.alt = this.text("alt") ?? "";
    image.part.add("fallback");
    image.onload = () => {
      if (signal.aborted) return;
      this.known({ width: image.naturalWidth, height: image.naturalHeight, orientation: 1 } as FileInfo);
      this.done(true);
    };
    image.onerror = () => signal.aborted || this.fail(new VaeransError("stream.network", `the fallback ${src} cannot be shown either`), true);
    this.complete = false;
    image.src = src;
    this.root.replaceChildren(image);
  }
}
