#include "check.h"

static void check(const vaerans_table& table, const vaerans_table&) {
  Random random{1};
  for_cases([&](size_t n, size_t skip, uint32_t flags) {
    Buffer<uint8_t> src(n), dst(n, skip);
    src.fill([&] { return random.integer<uint8_t>(); });
    table.copy->copy(src.get(), dst.get(), 0, n, flags);
    CHECK(src.same(dst), "%s: %zu bytes", table.isa, n);
    if (n < 3) return;
    Buffer<uint8_t> part(n, skip, 7);
    table.copy->copy(src.get(), part.get(), 1, n - 1, flags);
    CHECK(part.get()[0] == 7 && part.get()[n - 1] == 7, "wrote outside its range");
    CHECK(std::memcmp(part.get() + 1, src.get() + 1, n - 2) == 0, "%s: a part of %zu bytes", table.isa, n);
  });
}

CHECK_FAMILY(copy, check);
