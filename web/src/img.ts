import { View } from "./view.js";

/** Details of the events `progress`, `load` and `error`. */
export interface VaeransImgEvents {
  progress: { scale: number; bytes: number; done: boolean };
  load: { width: number; height: number; fallback: boolean };
  error: { code: string; message: string; error: unknown; fallback: boolean };
}

/** The events themselves, which do not bubble. */
export type VaeransImgEventMap = Omit<HTMLElementEventMap, keyof VaeransImgEvents> & {
  [Type in keyof VaeransImgEvents]: CustomEvent<VaeransImgEvents[Type]>;
};

/** What a `<vaerans-img>` has beside an HTMLElement's properties. Attributes of the same names say the same. */
export interface VaeransImg extends HTMLElement {
  /** URL of a .vrn file. */
  src: string;
  /** What is said in the picture's place; "" for decoration. */
  alt: string;
  /** URL of a picture that every browser can show, for where this one cannot be decoded. */
  fallback: string;
  /** "lazy", which is the default: fetched when it is about to be seen; "eager": at once. */
  loading: string;
  /** In CSS pixels; both together keep its place free until it is there. */
  width: number;
  height: number;
  /** Of the file as it is shown, in pixels; 0 until its header has arrived. */
  readonly naturalWidth: number;
  readonly naturalHeight: number;
  /** Whether nothing is on its way. */
  readonly complete: boolean;
  addEventListener<Type extends keyof VaeransImgEventMap>(
    type: Type,
    listener: (this: VaeransImg, event: VaeransImgEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | AddEventListenerOptions): void;
  removeEventListener<Type extends keyof VaeransImgEventMap>(
    type: Type,
    listener: (this: VaeransImg, event: VaeransImgEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(type: string, listener: EventListenerOrEventListenerObject, options?: boolean | EventListenerOptions): void;
}

/** What a template gives it, for the types of JSX (`vaerans/react`, `vaerans/preact`, `vaerans/solid`). */
export interface VaeransImgAttributes {
  src?: string | undefined;
  alt?: string | undefined;
  fallback?: string | undefined;
  loading?: "lazy" | "eager" | undefined;
  width?: number | string | undefined;
  height?: number | string | undefined;
}

declare global {
  interface HTMLElementTagNameMap {
    "vaerans-img": VaeransImg;
  }
}

const TEXTS = ["src", "alt", "fallback", "loading"];
const NUMBERS = ["width", "height"];

function build(): CustomElementConstructor {
  return class extends HTMLElement {
    static readonly observedAttributes = [...TEXTS, ...NUMBERS];
    private readonly view = new View(this, this.attachShadow({ mode: "open" }));

    static {
      const define = (name: string, get: (this: any) => unknown, set?: (this: any, value: unknown) => void): void =>
        void Object.defineProperty(this.prototype, name, { get, set, configurable: true, enumerable: true });
      for (const name of TEXTS)
        define(
          name,
          function () {
            return this.getAttribute(name) ?? "";
          },
          function (value) {
            this.setAttribute(name, value);
          },
        );
      for (const name of NUMBERS)
        define(
          name,
          function () {
            return this.view[name];
          },
          function (value) {
            this.setAttribute(name, value);
          },
        );
      for (const name of ["naturalWidth", "naturalHeight", "complete"])
        define(name, function () {
          return this.view[name];
        });
    }

    connectedCallback(): void {
      for (const name of [...TEXTS, ...NUMBERS]) {
        // Set before the element was defined.
        if (!Object.hasOwn(this, name)) continue;
        const value = (this as any)[name];
        delete (this as any)[name];
        (this as any)[name] = value;
      }
      this.view.connect();
    }

    disconnectedCallback(): void {
      this.view.disconnect();
    }

    attributeChangedCallback(name: string): void {
      this.view.change(name);
    }
  };
}

/**
 * Makes `<vaerans-img>` known to the page; a second time, and outside of a browser, it does nothing.
 *
 * @param name another name for the tag
 * @example
 * define();
 * // <vaerans-img src="photo.vrn" alt="A harbour" width="800" height="533" fallback="photo.jpg"></vaerans-img>
 */
export function define(name = "vaerans-img"): void {
  if (typeof customElements !== "undefined" && !customElements.get(name)) customElements.define(name, build());
}
