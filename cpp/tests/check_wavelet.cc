#include <algorithm>
#include <cmath>

#include "check.h"

// 64-aligned working memory of exact size.
template <class T>
struct Scratch {
  void* raw;
  Scratch(const vaerans_wavelet_table& table, const vaerans_wavelet_job& job) {
    const size_t bytes = table.scratch(&job, sizeof(T)) * sizeof(T);
    raw = std::aligned_alloc(VAERANS_LINE, (bytes + VAERANS_LINE - 1) / VAERANS_LINE * VAERANS_LINE);
  }
  ~Scratch() { std::free(raw); }
  T* get() { return static_cast<T*>(raw); }
};

// The functions of one type.
template <class T, class F, class I>
struct Pair {
  const vaerans_wavelet_table& table;
  F forward;
  I inverse;
  // A whole transform, or one in `parts` parts of every split.
  void there(vaerans_wavelet_job job, T* src, T* to, size_t parts) const {
    const size_t w = job.width, pairs = (job.height + 1) / 2;
    Scratch<T> scratch(table, job);
    for (size_t part = 0; part < parts; part++) {
      size_t first = job.begin = pairs * part / parts;
      job.end = pairs * (part + 1) / parts;
      for (size_t i = 1; i < job.levels; i++) first = (first + 1) / 2;
      forward(&job, src, w, to + first * w, w, to + job.begin * w, to + (pairs + job.begin) * w, w, scratch.get());
    }
  }
  void back(vaerans_wavelet_job job, const T* from, T* to, size_t parts) const {
    const size_t w = job.width, pairs = (job.height + 1) / 2;
    Scratch<T> scratch(table, job);
    for (size_t part = 0; part < parts; part++) {
      job.begin = pairs * part / parts, job.end = pairs * (part + 1) / parts;
      inverse(&job, from, w, from, from + pairs * w, w, to + 2 * job.begin * w, w, scratch.get());
    }
  }
};

template <class T, class P>
static void one_shape(const char* isa, const P& ours, const P& scalar, const vaerans_wavelet_job& job, double tolerance,
                      Random& random, T (*value)(Random&)) {
  const size_t n = job.planes * job.height * job.width;
  Buffer<T> src(n, 1), expected(n), expected_back(n);
  src.fill([&] { return value(random); });
  scalar.there(job, src.get(), expected.get(), 1);
  scalar.back(job, expected.get(), expected_back.get(), 1);
  for (size_t parts : {1, 2, 3}) {
    Buffer<T> packed(n), back(n, 3);
    ours.there(job, src.get(), packed.get(), parts);
    CHECK(packed.same(expected), "%s: %zu planes of %zu x %zu, %zu levels in %zu parts", isa, job.planes, job.height,
          job.width, job.levels, parts);
    ours.back(job, packed.get(), back.get(), parts);
    CHECK(back.same(expected_back), "%s: way back of %zu x %zu in %zu parts", isa, job.height, job.width, parts);
  }
  for (size_t i = 0; i < n; i++)
    CHECK(std::fabs(double(expected_back.get()[i]) - double(src.get()[i])) <= tolerance, "%s: way back, %zu x %zu", isa,
          job.height, job.width);
}

template <class T, class F, class I>
static void there_and_back(const char* isa, const Pair<T, F, I>& ours, const Pair<T, F, I>& scalar, int32_t filter,
                           double tolerance, T (*value)(Random&)) {
  Random random{17};
  for (size_t height : {1, 2, 3, 8, 13, 37})
    for (size_t width : {1, 2, 3, 8, 15, 16, 17, 33, 70})
      for (size_t planes : {1, 3})
        for (size_t levels : {1, 2, 4}) {
          // Splits of a side of one sample are not made: the callers stop before.
          if (std::max(height, width) <= (size_t(1) << (levels - 1))) continue;
          const size_t size = height * width;
          const vaerans_wavelet_job job = {height, width, planes, size, size, levels, 0, (height + 1) / 2, filter, 0};
          one_shape<T>(isa, ours, scalar, job, tolerance, random, value);
        }
}

template <class T, class F, class I>
static Pair<T, F, I> pair(const vaerans_wavelet_table& table, F forward, I inverse) {
  return {table, forward, inverse};
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
    there_and_back(isa, pair<float>(t, t.forward_f32, t.inverse_f32), pair<float>(s, s.forward_f32, s.inverse_f32),
                   filter, 1e-3, real);
  for (int32_t filter : {VAERANS_CDF53, VAERANS_HAAR}) {
    there_and_back(isa, pair<int32_t>(t, t.forward_i32, t.inverse_i32), pair<int32_t>(s, s.forward_i32, s.inverse_i32),
                   filter, 0, whole<int32_t>);
    there_and_back(isa, pair<int16_t>(t, t.forward_i16, t.inverse_i16), pair<int16_t>(s, s.forward_i16, s.inverse_i16),
                   filter, 0, whole<int16_t>);
  }
}

CHECK_FAMILY(wavelet, check);
