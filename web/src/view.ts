import { isOwnSize, lengthOf, cssPixels, reductionFor, sizeRule } from "./box.js";
import { show } from "./display.js";
import { VaeransError, asVaeransError } from "./errors.js";
import { decodeProgressive } from "./index.js";
import type { Picture } from "./picture.js";
import type { FileInfo, Level } from "./types.js";

// Everything inside is out of flow: the size comes from the host alone, and the page's own rules for it win.
const STYLE = `:host{display:inline-block;contain:layout paint;max-width:100%}:host([hidden]){display:none}
canvas,img,span{position:absolute;inset:0;width:100%;height:100%;object-fit:inherit;object-position:inherit;overflow:hidden}`;

/** How far outside of the window a lazy picture is fetched already. */
const AHEAD = "50% 25%";

/** What a `<vaerans-img>` shows, and how it gets there. @internal */
export class View {
  naturalWidth = 0;
  naturalHeight = 0;
  complete = true;
  private rule?: string;
  /** log2 of how much smaller than the file what is shown is, and what it may be at most; 0 while nothing is. */
  private reduction = 0;
  private mostReduction = 0;
  private sizes?: ResizeObserver | undefined;
  private screen?: MediaQueryList;
  private observer?: IntersectionObserver | undefined;
  private stop?: AbortController | undefined;
  /** The source that is shown, on its way or waited for. */
  private src: string | null = null;

  constructor(
    private readonly host: HTMLElement,
    private readonly root: ShadowRoot,
  ) {
    this.fit();
  }

  private attribute(name: string): string | null {
    return this.host.getAttribute(name);
  }

  get width(): number {
    return cssPixels(lengthOf(this.attribute("width")));
  }

  get height(): number {
    return cssPixels(lengthOf(this.attribute("height")));
  }

  connect(): void {
    this.setRole();
    this.begin();
    if (typeof ResizeObserver === "undefined" || this.sizes) return;
    this.sizes = new ResizeObserver(() => this.refine());
    this.sizes.observe(this.host);
    this.watchScreen();
  }

  /** A page that is enlarged, or comes to a finer screen, has more pixels in the same box. */
  private watchScreen(): void {
    this.screen = matchMedia(`(resolution:${devicePixelRatio}dppx)`);
    this.screen.onchange = () => {
      this.watchScreen();
      this.refine();
    };
  }

  /** An element that is only moved goes on. */
  disconnect(): void {
    queueMicrotask(() => this.host.isConnected || this.end());
  }

  change(attribute: string): void {
    if (attribute === "alt") this.setRole();
    if (attribute === "width" || attribute === "height") this.fit();
    if (this.host.isConnected && (attribute === "src" || (attribute === "loading" && this.observer))) {
      this.end();
      this.src = null; // the same one again: another try
      this.begin();
    }
  }

  /** For those who hear the page. An empty alt: decoration. */
  private setRole(): void {
    if (!this.host.isConnected) return;
    const alt = this.attribute("alt");
    this.host.setAttribute("role", alt === "" ? "presentation" : "img");
    if (alt) this.host.setAttribute("aria-label", alt);
    else this.host.removeAttribute("aria-label");
  }

  /** Keeps the place free: from the attributes, or from the file's size once that is known. */
  private fit(): void {
    const rule = sizeRule(lengthOf(this.attribute("width")), lengthOf(this.attribute("height")), this.naturalWidth, this.naturalHeight);
    if (rule === this.rule) return;
    this.rule = rule;
    // No <style>: a CSP may forbid it. A new sheet each time: WebKit does not see that a rule of :host changed.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE + rule);
    this.root.adoptedStyleSheets = [sheet];
  }

  private begin(): void {
    const src = this.attribute("src");
    if (src === this.src) return;
    this.src = src;
    this.naturalWidth = this.naturalHeight = this.mostReduction = 0;
    this.fit();
    if (!src) return this.root.replaceChildren();
    this.complete = false;
    this.whenSeen(() => this.fetchAndPaint(src, false));
  }

  /** The picture at more of its size, when its box has grown beyond what is shown. */
  private refine(): void {
    const { src, complete, observer, reduction } = this;
    if (!src || !complete || observer || !(this.neededReduction() < reduction)) return;
    this.whenSeen(() => {
      this.complete = false;
      return this.fetchAndPaint(src, true);
    });
  }

  private neededReduction(): number {
    return Math.min(this.mostReduction, reductionFor(this.host, this.naturalWidth, this.naturalHeight)) || 0;
  }

  /** At once, or when it is about to be seen. */
  private whenSeen(work: () => Promise<void>): void {
    if (this.attribute("loading") === "eager" || typeof IntersectionObserver === "undefined") return void work();
    const seen = (entries: IntersectionObserverEntry[]): void => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      this.unwatch();
      void work();
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
    this.sizes?.disconnect();
    this.sizes = undefined;
    if (this.screen) this.screen.onchange = null;
    this.stop?.abort();
    this.stop = undefined;
    if (!this.complete) this.src = null;
    this.complete = true;
  }

  private emit(type: string, detail: object): void {
    this.host.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** `isAgain`: what is shown already is shown finer. */
  private async fetchAndPaint(src: string, isAgain: boolean): Promise<void> {
    const { signal } = (this.stop = new AbortController());
    try {
      await this.paint(src, signal, isAgain);
      if (signal.aborted) return;
      if (isAgain) this.complete = true;
      else this.emitLoad(false);
      this.refine(); // the box may have grown meanwhile
    } catch (error) {
      if (signal.aborted) return;
      this.emitError(error, false);
      if (!isAgain) this.showFallback(signal);
    }
  }

  private emitLoad(fallback: boolean): void {
    this.complete = true;
    this.emit("load", { width: this.naturalWidth, height: this.naturalHeight, fallback });
  }

  private emitError(error: unknown, fallback: boolean): void {
    this.complete = true;
    const coded = asVaeransError(error); // what the page itself throws, at a canvas that is too large for example, has no code
    this.emit("error", { code: coded.code, message: coded.message, error: coded, fallback });
  }

  private async paint(src: string, signal: AbortSignal, isAgain: boolean): Promise<void> {
    const response = await fetch(src, { signal }).catch((error) => {
      throw new VaeransError("stream.network", `cannot fetch ${src}: ${error}`, error);
    });
    if (!response.ok) throw new VaeransError("stream.network", `the server answered ${response.status} for ${src}`);
    const canvas = document.createElement("canvas");
    canvas.part.add("canvas");
    const scales = (header: FileInfo): number[] => {
      this.setNaturalSize(header);
      this.mostReduction = Math.max(0, header.levels - 1);
      const last = this.neededReduction();
      const first = isAgain || isOwnSize(this.host) ? 3 : 0;
      return [3, 2, 1, 0].slice(first).map((more) => 2 ** -Math.min(last + more, 6));
    };
    await decodeProgressive(response, (picture, level) => this.put(picture, canvas, level, signal), { signal, scales, rgba: true });
  }

  private put(picture: Picture, canvas: HTMLCanvasElement, level: Level, signal: AbortSignal): void {
    if (signal.aborted) return;
    show(picture, canvas);
    this.reduction = -Math.log2(level.scale);
    if (!canvas.parentNode) this.root.replaceChildren(canvas);
    this.emit("progress", level);
  }

  private setNaturalSize({ width, height, orientation }: FileInfo): void {
    [this.naturalWidth, this.naturalHeight] = orientation > 4 ? [height, width] : [width, height];
    this.fit();
  }

  /** The fallback, or the words that stand for the picture. */
  private showFallback(signal: AbortSignal): void {
    const src = this.attribute("fallback");
    if (!src) {
      const words = document.createElement("span");
      words.textContent = this.attribute("alt");
      return this.root.replaceChildren(words);
    }
    const image = new Image();
    image.alt = this.attribute("alt") ?? "";
    image.part.add("fallback");
    image.onload = () => {
      if (signal.aborted) return;
      this.setNaturalSize({ width: image.naturalWidth, height: image.naturalHeight, orientation: 1 } as FileInfo);
      this.emitLoad(true);
    };
    image.onerror = () => signal.aborted || this.emitError(new VaeransError("stream.network", `the fallback ${src} cannot be shown either`), true);
    this.complete = false;
    image.src = src;
    this.root.replaceChildren(image);
  }
}
