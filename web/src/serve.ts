import type { Boot, Glue, Ops } from "./glue.js";
import { Instance } from "./instance.js";
import { transferables } from "./transferables.js";

interface Scope {
  onmessageerror: () => void;
  onmessage: (event: { data: [op: string, args: any[]] }) => void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

/** The body of a worker file: every message is a job, every job gets one answer, in order. @internal */
export function serve(make: () => Glue, ops: Ops): void {
  const scope = globalThis as unknown as Scope;
  const instance = new Instance(make, ops);
  scope.onmessage = ({ data: [op, args] }) => {
    const answer = instance.answer(op, args);
    scope.postMessage(answer, transferables(answer[0]));
    const index = SHARED ? (args[0] as Boot | undefined)?.index : undefined;
    // A thread of a pool works for good; what it says then is why it does no longer.
    if (SHARED && op === "boot" && index !== undefined && !answer[1]) scope.postMessage(instance.answer("help", [index]), []);
  };
  // A message that cannot be read here, a module for example, would stay without an answer.
  scope.onmessageerror = () => scope.postMessage([undefined, "unavailable.worker\nthe worker cannot read its message", true], []);
}
