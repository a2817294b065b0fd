// What the processor and the operating system can run. Compiled for the baseline.
#include "vaerans/kernels.h"

#if defined(__x86_64__) || defined(_M_X64)
#include <cpuid.h>

namespace {

struct Cpu {
  uint32_t leaf1_ecx = 0, leaf7_ebx = 0, leaf7_ecx = 0, ext_ecx = 0;
  uint64_t xcr0 = 0;
};

// XCR0 says which register files the operating system saves on a context switch; without that, AVX registers get lost
// although CPUID advertises them.
uint64_t read_xcr0() {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t(high) << 32) | low;
}

constexpr uint32_t bit(int n) { return 1u << n; }

Cpu read_cpu() {
  Cpu cpu;
  uint32_t a, b, c, d;
  if (__get_cpuid(1, &a, &b, &c, &d)) cpu.leaf1_ecx = c;
  if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) {
    cpu.leaf7_ebx = b;
    cpu.leaf7_ecx = c;
  }
  if (__get_cpuid(0x80000001u, &a, &b, &c, &d)) cpu.ext_ecx = c;
  if (cpu.leaf1_ecx & bit(27)) cpu.xcr0 = read_xcr0();  // OSXSAVE
  return cpu;
}

bool has(uint32_t word, uint32_t bits) { return (word & bits) == bits; }

bool sse42(const Cpu& cpu) {
  return has(cpu.leaf1_ecx, bit(0) | bit(9) | bit(19) | bit(20) | bit(23));  // SSE3 SSSE3 SSE4.1 SSE4.2 POPCNT
}

bool avx2(const Cpu& cpu) {
  return sse42(cpu) && (cpu.xcr0 & 0x6) == 0x6 &&
         has(cpu.leaf1_ecx, bit(12) | bit(28) | bit(29)) &&                         // XMM, YMM; FMA AVX F16C
         has(cpu.leaf7_ebx, bit(3) | bit(5) | bit(8)) && has(cpu.ext_ecx, bit(5));  // BMI1 AVX2 BMI2; LZCNT
}

bool avx512(const Cpu& cpu) {
  return avx2(cpu) && (cpu.xcr0 & 0xe6) == 0xe6 &&                     // + opmask, ZMM_Hi256, Hi16_ZMM
         has(cpu.leaf7_ebx, bit(16) | bit(17) | bit(30) | bit(31)) &&  // F DQ BW VL
         has(cpu.leaf7_ecx, bit(1) | bit(6));                          // VBMI VBMI2
}

// One bit an instruction set; 0 before it was asked for. CPUID takes tens of microseconds in a virtual machine.
uint32_t supported = 0;

uint32_t find_supported() {
  const Cpu cpu = read_cpu();
  uint32_t found = bit(VAERANS_SCALAR);
  if (sse42(cpu)) found |= bit(VAERANS_SSE42);
  if (avx2(cpu)) found |= bit(VAERANS_AVX2);
  if (avx512(cpu)) found |= bit(VAERANS_AVX512);
  return found;
}

}  // namespace

extern "C" int vaerans_cpu_supports(int isa) {
  // Threads that ask at the same time find the same.
  uint32_t found = __atomic_load_n(&supported, __ATOMIC_RELAXED);
  if (found == 0) __atomic_store_n(&supported, found = find_supported(), __ATOMIC_RELAXED);
  return isa >= 0 && isa < 32 && (found & bit(isa)) != 0;
}

#else

extern "C" int vaerans_cpu_supports(int isa) {
#if defined(__aarch64__) || defined(_M_ARM64)
  return isa == VAERANS_SCALAR || isa == VAERANS_NEON;  // NEON is part of ARMv8-A
#elif defined(__wasm__)
  return isa == VAERANS_SCALAR || isa == VAERANS_SIMD128;  // the engine has validated the module
#else
  return isa == VAERANS_SCALAR;
#endif
}

#endif
