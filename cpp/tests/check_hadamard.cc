#include <cmath>

#include "check.h"

static std::vector<Buffer<float>> planes(size_t channels, size_t n, size_t skip) {
  return std::vector<Buffer<float>>(channels, Buffer<float>(n, skip, 3.0f));
}

static std::vector<float*> pointers(std::vector<Buffer<float>>& planes) {
  std::vector<float*> p;
  for (auto& plane : planes) p.push_back(plane.get());
  return p;
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  Random random{2};
  for (size_t channels : {2, 4, 8, 16}) {
    for_cases([&](size_t n, size_t skip, uint32_t flags) {
      auto src = planes(channels, n, 0), dst = planes(channels, n, skip), expected = planes(channels, n, 0);
      for (auto& plane : src) plane.fill([&] { return random.uniform(-9, 9); });
      const auto s = pointers(src), d = pointers(dst), e = pointers(expected);
      table.hadamard->transform(s.data(), d.data(), channels, 0, n, flags);
      scalar.hadamard->transform(s.data(), e.data(), channels, 0, n, 0);
      for (size_t c = 0; c < channels; c++) CHECK(dst[c].same(expected[c]), "%s: %zu x %zu", table.isa, channels, n);
      for (size_t c = 0; n > 0 && c < channels; c++) {
        double sum = 0;  // entry (r, c) is (-1)^popcount(r & c) / sqrt(channels)
        for (size_t k = 0; k < channels; k++)
          sum += __builtin_popcount(unsigned(c & k)) % 2 ? -s[k][n / 2] : s[k][n / 2];
        CHECK(std::fabs(e[c][n / 2] - sum / std::sqrt(double(channels))) < 1e-4, "%zu channels, row %zu", channels, c);
      }
      table.hadamard->transform(s.data(), s.data(), channels, 0, n, flags);
      for (size_t c = 0; c < channels; c++) CHECK(src[c].same(expected[c]), "%s in place", table.isa);
    });
  }
}

CHECK_FAMILY(hadamard, check);
