#include <algorithm>
#include <cmath>

#include "check.h"

// 64-aligned working memory of exact size.
template <class T>
struct Scratch {
  void* raw;
  explicit Scratch(size_t width, size_t planes, size_t levels) {
    size_t n = 0;
    for (size_t l = 0, w = width; l < levels; l++, w = (w + 1) / 2) n += VAERANS_WAVELET_SCRATCH(w, planes, 64 / sizeof(T));
    raw = std::aligned_alloc(64, (n * sizeof(T) + 63) / 64 * 64);
  }
  ~Scratch() { std::free(raw); }
  T* get() { return static_cast<T*>(raw); }
};

template <class T, class F, class I>
static void there_and_back(const char* isa, F forward, F scalar, I inverse, I scalar_inverse, int32_t filter,
                           double tolerance, T (*value)(Random&)) {
  Random random{17};
  for (size_t height : {1, 2, 3, 8, 13})
    for (size_t width : {1, 2, 3, 8, 15, 16, 17, 33, 70})
      for (size_t planes : {1, 3})
        for (size_t levels : {1, 2, 4}) {
          // Splits of a side of one sample are not made: the callers stop before.
          if (std::max(height, width) <= (size_t(1) << (levels - 1))) continue;
          const size_t size = height * width, pairs = (height + 1) / 2;
          const vaerans_wavelet_job job = {height, width, planes, size, size, levels, 0, pairs, filter, 0};
          Buffer<T> src(planes * size, 1), packed(planes * size), expected(planes * size), back(planes * size, 3);
          Scratch<T> scratch(width, planes, levels);
          src.fill([&] { return value(random); });
          const auto run = [&](F f, Buffer<T>& to) {
            f(&job, src.get(), width, to.get(), width, to.get(), to.get() + pairs * width, width, scratch.get());
          };
          run(forward, packed);
          run(scalar, expected);
          CHECK(packed.same(expected), "%s: %zu planes of %zu x %zu, %zu levels", isa, planes, height, width, levels);
          const T* from = packed.get();
          inverse(&job, from, width, from, from + pairs * width, width, back.get(), width, scratch.get());
          for (size_t i = 0; i < planes * size; i++)
            CHECK(std::fabs(double(back.get()[i]) - double(src.get()[i])) <= tolerance, "%s: way back, %zu x %zu", isa,
                  height, width);
          scalar_inverse(&job, from, width, from, from + pairs * width, width, expected.get(), width, scratch.get());
          CHECK(back.same(expected), "%s: way back of %zu x %zu", isa, height, width);
        }
}

static float real(Random& r) { return r.uniform(-100, 100); }
// Any integer at all: sums wrap around.
template <class T>
static T whole(Random& r) {
  return r.integer<T>();
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  const vaerans_wavelet_table &t = *table.wavelet, &s = *scalar.wavelet;
  const char* isa = table.isa;
  for (int32_t filter : {VAERANS_CDF53, VAERANS_CDF97, VAERANS_HAAR})
    there_and_back<float>(isa, t.forward_f32, s.forward_f32, t.inverse_f32, s.inverse_f32, filter, 1e-3, real);
  for (int32_t filter : {VAERANS_CDF53, VAERANS_HAAR}) {
    there_and_back<int32_t>(isa, t.forward_i32, s.forward_i32, t.inverse_i32, s.inverse_i32, filter, 0, whole<int32_t>);
    there_and_back<int16_t>(isa, t.forward_i16, s.forward_i16, t.inverse_i16, s.inverse_i16, filter, 0, whole<int16_t>);
  }
}

CHECK_FAMILY(wavelet, check);
