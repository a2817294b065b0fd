#include <cmath>

#include "check.h"

template <class T, class F>
static void squared_error(const char* isa, F sse) {
  Random random{12};
  for_cases([&](size_t n, size_t skip, uint32_t) {
    Buffer<T> a(n, skip), b(n);
    a.fill([&] { return random.integer<T>(); });
    b.fill([&] { return random.integer<T>(); });
    uint64_t expected = 0;
    for (size_t i = 0; i < n; i++) {
      const int64_t d = int64_t(a.get()[i]) - int64_t(b.get()[i]);
      expected += uint64_t(d * d);
    }
    CHECK(sse(a.get(), b.get(), n) == expected, "%s: %zu", isa, n);
  });
}

static void squared_error_of_floats(const vaerans_table& table, const vaerans_table& scalar) {
  Random random{13};
  for_cases([&](size_t n, size_t skip, uint32_t) {
    Buffer<float> a(n, skip), b(n);
    a.fill([&] { return random.uniform(-9, 9); });
    b.fill([&] { return random.uniform(-9, 9); });
    const double found = table.metric->sse_f32(a.get(), b.get(), n),
                 other = scalar.metric->sse_f32(a.get(), b.get(), n);
    CHECK(std::memcmp(&found, &other, sizeof found) == 0, "%s: %zu", table.isa, n);
  });
}

// Equal pictures have SSIM 1 in every window; other ones the scalar table's sums.
template <class T, class S, class F>
static void windows(const char* isa, S size, F ssim, F scalar) {
  Random random{14};
  for (size_t columns : {7, 8, 15, 16, 23, 40})
    for (size_t channels : {1, 3, 4}) {
      const size_t row = columns * channels, height = 9, lines = height - 6, each = row - 6 * channels;
      Buffer<T> a(height * row, 1), b(height * row);
      Buffer<double> scratch(size(row)), sums(lines), expected(lines);
      a.fill([&] { return random.integer<T>(); });
      b.fill([&] { return random.integer<T>(); });
      ssim(a.get(), b.get(), row, channels, 1e4, 1e5, scratch.get(), 0, lines, sums.get());
      scalar(a.get(), b.get(), row, channels, 1e4, 1e5, scratch.get(), 0, lines, expected.get());
      CHECK(sums.same(expected), "%s: %zu x %zu", isa, columns, channels);
      ssim(a.get(), a.get(), row, channels, 1e4, 1e5, scratch.get(), 0, lines, sums.get());
      for (size_t y = 0; y < lines; y++)
        CHECK(std::fabs(sums.get()[y] - double(each)) < 1e-9 * double(each), "%s: %g of %zu", isa, sums.get()[y], each);
    }
}

static void gaussian_windows(const vaerans_table& table, const vaerans_table& scalar) {
  Random random{15};
  const double weights[] = {0.2660, 0.2130, 0.1094, 0.0360, 0.0076, 0.0010};
  for (size_t width : {11, 12, 16, 27, 45}) {
    const size_t height = 13, lines = height - 10;
    Buffer<float> a(height * width, 1), b(height * width);
    Buffer<double> scratch(table.metric->scratch(width)), sums(2 * lines), expected(2 * lines);
    a.fill([&] { return random.uniform(0, 255); });
    b.fill([&] { return random.uniform(0, 255); });
    table.metric->gaussian_ssim_f32(a.get(), b.get(), width, weights, 6.5, 58.5, scratch.get(), 0, lines, sums.get());
    scalar.metric->gaussian_ssim_f32(a.get(), b.get(), width, weights, 6.5, 58.5, scratch.get(), 0, lines,
                                     expected.get());
    CHECK(sums.same(expected), "%s: %zu", table.isa, width);
  }
}

static void halves(const vaerans_table& table, const vaerans_table& scalar) {
  Random random{16};
  for (size_t height : {1, 2, 5, 8})
    for (size_t width : {1, 2, 15, 16, 33, 66}) {
      const size_t h = (height + 1) / 2, w = (width + 1) / 2;
      Buffer<float> src(height * width, 1), dst(h * w), expected(h * w);
      src.fill([&] { return random.uniform(0, 255); });
      table.metric->halve_f32(src.get(), height, width, dst.get(), 0, h);
      scalar.metric->halve_f32(src.get(), height, width, expected.get(), 0, h);
      CHECK(dst.same(expected), "%s: %zu x %zu", table.isa, height, width);
      // Bottom right: four samples of their own unless a side is 1.
      if (height > 1 && width > 1) {
        const float* s = src.get() + (height - 2) * width + width - 2;
        const double mean = (double(s[0]) + s[1] + s[width] + s[width + 1]) / 4;
        CHECK(std::fabs(dst.get()[h * w - 1] - mean) < 1e-3, "%s: mean %g", table.isa, mean);
      }
    }
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  const vaerans_metric_table &t = *table.metric, &s = *scalar.metric;
  squared_error<uint8_t>(table.isa, t.sse_u8);
  squared_error<uint16_t>(table.isa, t.sse_u16);
  squared_error_of_floats(table, scalar);
  windows<uint8_t>(table.isa, table.metric->scratch, t.ssim_u8, s.ssim_u8);
  windows<uint16_t>(table.isa, table.metric->scratch, t.ssim_u16, s.ssim_u16);
  gaussian_windows(table, scalar);
  halves(table, scalar);
}

CHECK_FAMILY(metric, check);
