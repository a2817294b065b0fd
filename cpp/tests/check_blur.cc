#include <cmath>

#include "check.h"

// Half-sample symmetric: d c b a | a b c d | d c b a.
static size_t mirrored(long i, long n) {
  while (i < 0 || i >= n) i = i < 0 ? -1 - i : 2 * n - 1 - i;
  return size_t(i);
}

// The definition in double, for one sample.
template <class T>
static double blurred(const vaerans_blur_plan& p, const T* src, size_t y, size_t at) {
  const long radius = long(p.radius), columns = long(p.row / p.channels);
  double sum = 0;
  for (long dy = -radius; dy <= radius; dy++)
    for (long dx = -radius; dx <= radius; dx++) {
      const size_t row = mirrored(long(y) + dy, long(p.height));
      const size_t column = mirrored(long(at / p.channels) + dx, columns);
      const double weight = double(p.weights[std::labs(dy)]) * double(p.weights[std::labs(dx)]);
      sum += weight * double(src[row * p.row + column * p.channels + at % p.channels]);
    }
  return sum;
}

template <class T, class S, class F>
static void rows(const char* isa, S size, F kernel, F scalar, double tolerance, T (*value)(Random&)) {
  Random random{11};
  const float weights[] = {0.4f, 0.2f, 0.1f};
  for (size_t height : {1, 2, 5, 9})
    for (size_t columns : {1, 2, 3, 7, 16, 17, 33})
      for (size_t channels : {1, 3, 4})
        for (size_t radius : {0, 1, 2}) {
          const size_t row = columns * channels, begin = height / 2;
          const vaerans_blur_plan plan = {height, row, channels, radius, weights};
          Buffer<T> src(height * row, 1), whole(height * row), part((height - begin) * row), expected(height * row);
          Buffer<float> scratch(size(&plan), 1);
          src.fill([&] { return value(random); });
          kernel(&plan, src.get(), whole.get(), scratch.get(), 0, height);
          scalar(&plan, src.get(), expected.get(), scratch.get(), 0, height);
          CHECK(whole.same(expected), "%s: %zu x %zu x %zu, radius %zu", isa, height, columns, channels, radius);
          kernel(&plan, src.get(), part.get(), scratch.get(), begin, height);
          CHECK(std::memcmp(part.get(), whole.get() + begin * row, part.size() * sizeof(T)) == 0, "%s: part", isa);
          for (size_t i = 0; i < height * row; i++) {
            const double exact = blurred(plan, src.get(), i / row, i % row);
            CHECK(std::fabs(double(whole.get()[i]) - exact) <= tolerance, "%s: %g, expected %g", isa,
                  double(whole.get()[i]), exact);
          }
        }
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  const vaerans_blur_table &t = *table.blur, &s = *scalar.blur;
  rows<float>(table.isa, t.scratch, t.rows_f32, s.rows_f32, 1e-3, [](Random& r) { return r.uniform(-100, 100); });
  rows<uint8_t>(table.isa, t.scratch, t.rows_u8, s.rows_u8, 0.501, [](Random& r) { return r.integer<uint8_t>(); });
  rows<uint16_t>(table.isa, t.scratch, t.rows_u16, s.rows_u16, 0.55, [](Random& r) { return r.integer<uint16_t>(); });
}

CHECK_FAMILY(blur, check);
