// What the checks share. A family's file defines `static void check(const vaerans_table& table, const vaerans_table& scalar)` and
// registers it with CHECK_FAMILY.
#ifndef VAERANS_CHECK_H
#define VAERANS_CHECK_H

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "vaerans/kernels.h"

#define CHECK(condition, ...)                                              \
  do {                                                                     \
    if (!(condition)) {                                                    \
      std::fprintf(stderr, "%s:%d: %s: ", __FILE__, __LINE__, #condition); \
      std::fprintf(stderr, __VA_ARGS__);                                   \
      std::fprintf(stderr, "\n");                                          \
      std::exit(1);                                                        \
    }                                                                      \
  } while (0)

using Check = void (*)(const vaerans_table& table, const vaerans_table& scalar);

struct Registration {
  const char* family;
  Check check;
  Registration* next;
  Registration(const char* family, Check check);
};

#define CHECK_FAMILY(family, function) static Registration registration_##family(#family, function)

constexpr size_t kLengths[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127, 128, 129, 300, 1021};

// SplitMix64.
struct Random {
  uint64_t state;
  uint64_t next() {
    state += 0x9e3779b97f4a7c15u;
    uint64_t z = (state ^ (state >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  template <class T>
  T integer() {
    return T(next());
  }
  float uniform(float low, float high) { return low + (high - low) * float(next() >> 40) / float(1 << 24); }
};

// n elements on the heap from an address that is `skip` elements past an allocation's start, ending where the allocation ends.
template <class T>
struct Buffer {
  std::vector<T> data;
  size_t skip;
  explicit Buffer(size_t n, size_t skip = 0, T value = T()) : data(n + skip, value), skip(skip) {
    data.shrink_to_fit();
  }
  T* get() { return data.data() + skip; }
  size_t size() const { return data.size() - skip; }
  template <class F>
  Buffer& fill(F f) {
    for (size_t i = skip; i < data.size(); i++) data[i] = f();
    return *this;
  }
  bool same(Buffer& other) {
    return size() == other.size() && (size() == 0 || std::memcmp(get(), other.get(), size() * sizeof(T)) == 0);
  }
};

// Every flag, length and misalignment: f(length, skip, flags).
template <class F>
void for_cases(F f) {
  for (size_t n : kLengths)
    for (size_t skip : {0, 1, 5})
      for (uint32_t flags : {0u, VAERANS_STREAM}) f(n, skip, flags);
}

#endif
