// Ways for a call to be stuck, and what must be left when it has ended.
import assert from "node:assert/strict";
import { afterEach, beforeEach } from "node:test";
import { net, page, toy } from "./page.mjs";

/** A page of its own for each test; after each, everything is disposed of and no rejection was left unhandled. */
export function freshPages(dispose) {
  const unhandled = [];
  process.on("unhandledRejection", (error) => unhandled.push(error));
  beforeEach(() => page());
  afterEach(() => {
    dispose();
    assert.deepEqual(unhandled.splice(0), []);
  });
}

const never = () => new Promise(() => {});

/** A stream that gives nothing more and notes why it was cancelled. */
export function stuck(bytes = new Uint8Array(0)) {
  const seen = { cancelled: undefined };
  seen.stream = new ReadableStream({ start: (c) => bytes.length && c.enqueue(bytes), pull: never, cancel: (why) => void (seen.cancelled = why) });
  return seen;
}

/** A signal that counts who listens. */
export function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args) => (listeners++, add(...args));
  signal.removeEventListener = (...args) => (listeners--, remove(...args));
  return { signal, abort: (why) => controller.abort(why), listeners: () => listeners };
}

export const silent = () => (net.worker = () => new URL("./fake/silent.js", import.meta.url));
export const pixels = { data: new Uint8Array(48), width: 4, height: 4 };
export const long = () => toy({ act: "hang", ms: 60000 });

/**
 * Everything that a call waits for, by name: `before` makes it last, `call` makes the call with options. `stream`: it reads one.
 * The second argument of `before` is the API, for what has to be loaded first.
 */
export function waits({ decode, decodeProgressive, encode, info, init }) {
  const paint = () => {};
  return {
    "decode: its bytes": { stream: true, call: (o, s) => decode(s, o) },
    "decode: the worker's start": { before: silent, call: (o) => decode(toy(), o) },
    "decode: the wasm file": { before: () => (net.answer = never), call: (o) => decode(toy(), o) },
    "decode: a free worker": { before: () => void decode(long()).catch(paint), call: (o) => decode(toy(), o) },
    "decode: its own job": { call: (o) => decode(long(), o) },
    "info: its bytes": { stream: true, call: (o, s) => info(s, o) },
    "info: the worker's start": { before: silent, call: (o) => info(toy(), o) },
    "info: a free worker": { before: () => void decode(long()).catch(paint), call: (o) => info(toy(), o) },
    "progressive: its first bytes": { stream: true, call: (o, s) => decodeProgressive(s, paint, o) },
    "progressive: the worker's start": { before: silent, call: (o) => decodeProgressive(toy(), paint, o) },
    "progressive: a level": { call: (o) => decodeProgressive(new Blob([long()]), paint, o) },
    "progressive: the callback": { call: (o) => decodeProgressive(toy(), never, o) },
    "encode: the worker's start": { before: silent, call: (o) => encode(pixels, o) },
    "encode: the wasm file": { before: () => (net.answer = never), call: (o) => encode(pixels, o) },
    "init: the worker's start": { before: silent, call: (o) => init(o) },
    "init: the wasm file": { before: () => (net.answer = never), call: (o) => init(o) },
  };
}

/** How a call ended. */
export const ending = (call) =>
  call.then(
    () => assert.fail("it did not reject"),
    (error) => error,
  );
