#include <cmath>

#include "check.h"

static float any_float(Random& random) {
  const float odd[] = {
      __builtin_nanf(""), __builtin_inff(), -__builtin_inff(), 0.5f, 2.5f, -0.0f, 3e38f, -3e38f, 1e-42f};
  const uint64_t k = random.next() % 18;
  return k < 9 ? odd[k] : random.uniform(-400, 400);
}

template <class Q, class F, class I>
static void symbols(const char* isa, F forward, F scalar_forward, I inverse, I scalar_inverse) {
  Random random{5};
  for_cases([&](size_t n, size_t skip, uint32_t flags) {
    Buffer<float> src(n, skip), back(n, skip), expected_back(n);
    Buffer<Q> q(n, skip), expected(n);
    src.fill([&] { return any_float(random); });
    forward(src.get(), q.get(), 3.7f, 0.25f, 0, n, flags);
    scalar_forward(src.get(), expected.get(), 3.7f, 0.25f, 0, n, 0);
    CHECK(q.same(expected), "%s: %zu", isa, n);
    q.fill([&] { return random.integer<Q>(); });
    inverse(q.get(), back.get(), 0.3f, 0.25f, 0, n, flags);
    scalar_inverse(q.get(), expected_back.get(), 0.3f, 0.25f, 0, n, 0);
    CHECK(back.same(expected_back), "%s: %zu, way back", isa, n);
  });
}

// The scalar table against the definition.
static void meaning(const vaerans_quantize_table& t) {
  float x[] = {0.5f, 1.5f, 2.5f, -0.5f, 255.5f, -1e30f, 1e30f, __builtin_nanf("")}, back[8];
  uint8_t q[8];
  const uint8_t expected[] = {0, 2, 2, 0, 255, 0, 255, 0};
  t.quantize_u8(x, q, 1, 0, 0, 8, 0);
  CHECK(std::memcmp(q, expected, sizeof q) == 0, "half to even, clamped, NaN to the lowest");
  int16_t d[8];
  const int16_t expected_d[] = {0, 1, 2, 0, 255, -32767, 32767, 0};
  t.dead_zone_i16(x, d, 1, 0, 0, 8, 0);
  CHECK(std::memcmp(d, expected_d, sizeof d) == 0, "dead zone");
  t.dead_zone_inverse_i16(d, back, 2, 0.5f, 0, 8, 0);
  CHECK(back[0] == 0 && back[1] == 3 && back[5] == -65535, "way back from the dead zone");
}

// Every row of a rectangle as the row alone; what lies between the rows stays.
static void rows(const vaerans_table& table) {
  Random random{7};
  const vaerans_quantize_table& t = *table.quantize;
  for_cases([&](size_t n, size_t skip, uint32_t) {
    const size_t width = n / 3, height = n == 0 ? 0 : 2, size = n + width;
    Buffer<float> x(size, skip), back(size, skip), expected_back(size, skip);
    Buffer<int32_t> q(size, skip), expected(size, skip);
    x.fill([&] { return any_float(random); });
    q.fill([] { return 5; });
    expected.fill([] { return 5; });
    back.fill([] { return 5.0f; });
    expected_back.fill([] { return 5.0f; });
    t.dead_zone_rows(x.get(), q.get(), n, width, height, 3.7f, 0.25f);
    for (size_t y = 0; y < height; y++)
      t.dead_zone_i32(x.get() + y * n, expected.get() + y * n, 3.7f, 0.25f, 0, width, 0);
    CHECK(q.same(expected), "%s: rows of %zu", table.isa, width);
    t.dead_zone_inverse_rows(q.get(), back.get(), n, width, height, 0.3f, 0.25f);
    for (size_t y = 0; y < height; y++)
      t.dead_zone_inverse_i32(q.get() + y * n, expected_back.get() + y * n, 0.3f, 0.25f, 0, width, 0);
    CHECK(back.same(expected_back), "%s: rows of %zu, way back", table.isa, width);
  });
}

static void range(const vaerans_table& table) {
  Random random{6};
  for_cases([&](size_t n, size_t skip, uint32_t) {
    Buffer<float> src(n, skip);
    src.fill([&] { return any_float(random); });
    vaerans_range expected = {__builtin_inff(), -__builtin_inff(), 0}, found = expected;
    for (size_t i = 0; i < n; i++) {
      const float v = src.get()[i];
      if (!std::isfinite(v)) expected.nonfinite++;
      else expected.min = std::fmin(expected.min, v), expected.max = std::fmax(expected.max, v);
    }
    table.quantize->range(src.get(), 0, n, &found);
    CHECK(found.min == expected.min && found.max == expected.max && found.nonfinite == expected.nonfinite,
          "%s: range of %zu", table.isa, n);
    CHECK(!(found.min == 0 && std::signbit(found.min)) && !(found.max == 0 && std::signbit(found.max)), "never -0");
  });
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  const vaerans_quantize_table &t = *table.quantize, &s = *scalar.quantize;
  meaning(t);
  symbols<uint8_t>(table.isa, t.quantize_u8, s.quantize_u8, t.dequantize_u8, s.dequantize_u8);
  symbols<uint16_t>(table.isa, t.quantize_u16, s.quantize_u16, t.dequantize_u16, s.dequantize_u16);
  symbols<int32_t>(table.isa, t.quantize_i32, s.quantize_i32, t.dequantize_i32, s.dequantize_i32);
  symbols<int16_t>(table.isa, t.dead_zone_i16, s.dead_zone_i16, t.dead_zone_inverse_i16, s.dead_zone_inverse_i16);
  symbols<int32_t>(table.isa, t.dead_zone_i32, s.dead_zone_i32, t.dead_zone_inverse_i32, s.dead_zone_inverse_i32);
  rows(table);
  range(table);
}

CHECK_FAMILY(quantize, check);
