import { buffers } from "./buffers.js";
import type { Boot, Glue, Ops } from "./glue.js";
import { Instance } from "./instance.js";

interface Scope {
  onmessage: (event: { data: [op: string, args: any[]] }) => void;
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
}

/** The body of a worker file: every message is a job, every job gets one answer, in order. @internal */
export function serve(make: () => Glue, ops: Ops): void {
  const scope = globalThis as unknown as Scope;
  const instance = new Instance(make, ops);
  scope.onmessage = ({ data: [op, args] }) => {
    const answer = instance.answer(op, args);
    scope.postMessage(answer, buffers(answer[0]));
    const index = (args[0] as Boot | undefined)?.index;
    if (op === "boot" && index !== undefined && !answer[1]) instance.help(index);
  };
}
