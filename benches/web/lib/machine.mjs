/** What it was measured on, in words: no names of hosts. */
import { readFileSync } from "node:fs";
import { arch, cpus } from "node:os";

const ARCHITECTURES = { x64: "x86-64", arm64: "ARM64" };

/** The widest instruction set of Linux's list that matters here. */
function vectors() {
  try {
    const flags = readFileSync("/proc/cpuinfo", "utf8");
    return (
      [
        ["avx512bw", "AVX-512"],
        ["avx2", "AVX2"],
        ["sse4_2", "SSE4.2"],
      ].find(([flag]) => flags.includes(flag))?.[1] ?? ""
    );
  } catch {
    return "";
  }
}

export function machine(chromium) {
  const cores = `${cpus().length} cores ${ARCHITECTURES[arch()] ?? arch()} ${vectors()}`.trim();
  return { cores, browser: `Chromium ${chromium}, headless`, node: `Node ${process.versions.node}` };
}
