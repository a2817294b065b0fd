#include "vaerans/nn_recurrent.h"

#include "../nn/math.h"

namespace {

// What both sides give to a gate.
VAERANS_INLINE f32v gate(const vaerans_recurrent& r, size_t at, size_t n) {
  return load_some(r.made + at, n) + load_some(r.x + at, n);
}

template <class F>
VAERANS_INLINE void each_vector(const vaerans_recurrent& r, size_t parts, F f) {
  for (size_t b = 0; b < r.batch; b++)
    for (size_t j = 0; j < r.hidden; j += kLanes)
      f(b * parts * r.hidden + j, b * r.hidden + j, min_size(kLanes, r.hidden - j));
}

void lstm(const vaerans_recurrent* p) {
  const vaerans_recurrent& r = *p;
  each_vector(r, 4, [&](size_t at, size_t to, size_t n) VAERANS_LAMBDA_INLINE {
    const f32v i = sigmoid_here(gate(r, at, n));
    const f32v o = sigmoid_here(gate(r, at + r.hidden, n));
    const f32v f = sigmoid_here(gate(r, at + 2 * r.hidden, n));
    const f32v c = tanh_here(gate(r, at + 3 * r.hidden, n));
    const f32v cell = f * load_some(r.cell + to, n) + i * c;
    store_some(r.cell + to, n, cell);
    store_some(r.state + to, n, tanh_here(cell) * o);
  });
}

void gru(const vaerans_recurrent* p) {
  const vaerans_recurrent& r = *p;
  each_vector(r, 3, [&](size_t at, size_t to, size_t n) VAERANS_LAMBDA_INLINE {
    const f32v z = sigmoid_here(gate(r, at, n));
    const f32v reset = sigmoid_here(gate(r, at + r.hidden, n));
    const f32v h = load_some(r.made + at + 2 * r.hidden, n) * reset + load_some(r.x + at + 2 * r.hidden, n);
    const f32v state = (splat<f32v>(1.0f) - z) * tanh_here(h) + z * load_some(r.state + to, n);
    store_some(r.state + to, n, state);
  });
}

}  // namespace

extern "C" {
extern const vaerans_nn_recurrent_table VAERANS_SYMBOL(nn_recurrent_table);
const vaerans_nn_recurrent_table VAERANS_SYMBOL(nn_recurrent_table) = {VAERANS_STRING(VAERANS_ISA_NAME), lstm, gru};
}
