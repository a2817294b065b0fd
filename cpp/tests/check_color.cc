#include "check.h"

template <class P>
static std::vector<P*> pointers(std::vector<Buffer<P>>& planes) {
  std::vector<P*> p;
  for (auto& plane : planes) p.push_back(plane.get());
  return p;
}

// Forward and back with `table`; planes equal the scalar table's, and the samples come back.
template <class S, class P, class F, class FS, class I>
static void round_trip(const char* isa, F forward, FS scalar_forward, I inverse) {
  Random random{3};
  for (size_t channels = 1; channels <= 4; channels++) {
    for_cases([&](size_t n, size_t skip, uint32_t flags) {
      Buffer<S> src(n * channels), back(n * channels, skip);
      src.fill([&] { return random.integer<S>(); });
      std::vector<Buffer<P>> dst(channels, Buffer<P>(n, skip)), expected(channels, Buffer<P>(n));
      const auto d = pointers(dst), e = pointers(expected);
      forward(src.get(), d.data(), channels, size_t{0}, n, flags);
      scalar_forward(src.get(), e.data(), channels, size_t{0}, n, 0u);
      for (size_t c = 0; c < channels; c++) CHECK(dst[c].same(expected[c]), "%s: %zu channels, %zu", isa, channels, n);
      inverse(d.data(), back.get(), channels, size_t{0}, n, flags);
      CHECK(src.same(back), "%s: %zu channels, %zu, way back", isa, channels, n);
    });
  }
}

static float any_float(Random& random) {
  const float odd[] = {
      __builtin_nanf(""), __builtin_inff(), -__builtin_inff(), 0.5f, 1.5f, -0.5f, 254.5f, 3e38f, -3e38f};
  const uint64_t k = random.next() % 16;
  return k < 9 ? odd[k] : random.uniform(-100, 400);
}

// Planes that no forward transform makes: any value is defined, and alike everywhere.
template <class S, class P, class I, class Value>
static void hostile(const char* isa, I inverse, I scalar_inverse, Value value) {
  for_cases([&](size_t n, size_t skip, uint32_t flags) {
    std::vector<Buffer<P>> src(3, Buffer<P>(n, skip));
    for (auto& plane : src) plane.fill(value);
    Buffer<S> dst(3 * n, skip), expected(3 * n);
    const auto s = pointers(src);
    inverse(s.data(), dst.get(), 3, 0, n, flags);
    scalar_inverse(s.data(), expected.get(), 3, 0, n, 0);
    CHECK(dst.same(expected), "%s: hostile planes of %zu", isa, n);
  });
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  const vaerans_color_table &t = *table.color, &s = *scalar.color;
  const char* isa = table.isa;
  round_trip<uint8_t, int16_t>(isa, t.ycocg_r_forward_u8_i16, s.ycocg_r_forward_u8_i16, t.ycocg_r_inverse_i16_u8);
  round_trip<uint8_t, int32_t>(isa, t.ycocg_r_forward_u8_i32, s.ycocg_r_forward_u8_i32, t.ycocg_r_inverse_i32_u8);
  round_trip<uint16_t, int32_t>(isa, t.ycocg_r_forward_u16_i32, s.ycocg_r_forward_u16_i32, t.ycocg_r_inverse_i32_u16);
  round_trip<uint8_t, float>(isa, t.ycocg_forward_u8_f32, s.ycocg_forward_u8_f32, t.ycocg_inverse_f32_u8);
  round_trip<uint16_t, float>(isa, t.ycocg_forward_u16_f32, s.ycocg_forward_u16_f32, t.ycocg_inverse_f32_u16);
  auto from = [](auto f, float scale, float offset) {
    return [=](auto src, auto dst, size_t channels, size_t begin, size_t end, uint32_t flags) {
      f(src, dst, channels, scale, offset, begin, end, flags);
    };
  };
  round_trip<uint8_t, float>(isa, from(t.planes_from_u8, 0.5f, -3), from(s.planes_from_u8, 0.5f, -3),
                             from(t.planes_to_u8, 2, 6));
  round_trip<uint16_t, float>(isa, from(t.planes_from_u16, 0.5f, -3), from(s.planes_from_u16, 0.5f, -3),
                              from(t.planes_to_u16, 2, 6));
  Random random{4};
  auto floats = [&] { return any_float(random); };
  hostile<uint8_t, int16_t>(isa, t.ycocg_r_inverse_i16_u8, s.ycocg_r_inverse_i16_u8,
                            [&] { return random.integer<int16_t>(); });
  hostile<uint8_t, int32_t>(isa, t.ycocg_r_inverse_i32_u8, s.ycocg_r_inverse_i32_u8,
                            [&] { return random.integer<int32_t>(); });
  hostile<uint16_t, int32_t>(isa, t.ycocg_r_inverse_i32_u16, s.ycocg_r_inverse_i32_u16,
                             [&] { return random.integer<int32_t>(); });
  hostile<uint8_t, float>(isa, t.ycocg_inverse_f32_u8, s.ycocg_inverse_f32_u8, floats);
  hostile<uint16_t, float>(isa, t.ycocg_inverse_f32_u16, s.ycocg_inverse_f32_u16, floats);
}

CHECK_FAMILY(color, check);
