// Runs the checks of all families on all tables of this machine.
#include "check.h"

static Registration* first = nullptr;

Registration::Registration(const char* family, Check check) : family(family), check(check), next(first) {
  first = this;
}

int main() {
  const vaerans_table* scalar = vaerans_table_for(VAERANS_SCALAR);
  CHECK(scalar != nullptr, "the scalar table is always there");
  CHECK(vaerans_table_for(0) == nullptr && vaerans_table_for(99) == nullptr, "numbers without a table");
  for (int isa = VAERANS_SCALAR; isa <= VAERANS_SIMD128; isa++) {
    const vaerans_table* table = vaerans_table_for(isa);
    if (table == nullptr) continue;
    std::printf("%s:", table->isa);
    for (const Registration* r = first; r != nullptr; r = r->next) {
      std::printf(" %s", r->family);
      std::fflush(stdout);
      r->check(*table, *scalar);
    }
    std::printf("\n");
  }
  return 0;
}
