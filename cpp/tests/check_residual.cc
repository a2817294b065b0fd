#include "check.h"

// Against integer arithmetic, and the bound on the way back; then any residual at all.
template <class S, class R, class F, class I>
static void bounded(const char* isa, F forward, I inverse, I scalar_inverse, uint32_t most) {
  Random random{7};
  for (uint32_t k : {0u, 1u, 3u, 200u, most}) {
    for_cases([&](size_t n, size_t skip, uint32_t flags) {
      Buffer<S> src(n, skip), base(n), back(n, skip), expected(n);
      Buffer<R> q(n, skip);
      src.fill([&] { return random.integer<S>(); });
      base.fill([&] { return random.integer<S>(); });
      forward(src.get(), base.get(), q.get(), k, 0, n, flags);
      inverse(q.get(), base.get(), back.get(), k, 0, n, flags);
      for (size_t i = 0; i < n; i++) {
        const int64_t r = int64_t(src.get()[i]) - base.get()[i], d = 2 * int64_t(k) + 1;
        CHECK(q.get()[i] == (r < 0 ? -((-r + k) / d) : (r + k) / d), "%s: residual %lld, bound %u", isa, (long long)r,
              k);
        CHECK(std::abs(int64_t(back.get()[i]) - src.get()[i]) <= k, "%s: bound %u", isa, k);
      }
      q.fill([&] { return random.integer<R>(); });
      inverse(q.get(), base.get(), back.get(), k, 0, n, flags);
      scalar_inverse(q.get(), base.get(), expected.get(), k, 0, n, 0);
      CHECK(back.same(expected), "%s: hostile residual, bound %u", isa, k);
    });
  }
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  const vaerans_residual_table &t = *table.residual, &s = *scalar.residual;
  bounded<uint8_t, int16_t>(table.isa, t.forward_u8, t.inverse_u8, s.inverse_u8, 255);
  bounded<uint16_t, int32_t>(table.isa, t.forward_u16, t.inverse_u16, s.inverse_u16, 65535);
  bounded<int16_t, int32_t>(table.isa, t.forward_i16, t.inverse_i16, s.inverse_i16, 65535);
}

CHECK_FAMILY(residual, check);
