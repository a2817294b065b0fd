#include "vaerans/nn_elementwise.h"

#include "../nn/activation.h"

namespace {

// Numbers of a row that go through all steps while they are in the first level of the cache.
constexpr size_t kBlock = 128;

struct Block {
  const float* registers[VAERANS_MOST_OPERANDS + VAERANS_MOST_STEPS];
  alignas(64) float operands[VAERANS_MOST_OPERANDS][kBlock];
  alignas(64) float results[VAERANS_MOST_STEPS][kBlock];
};

template <class F>
VAERANS_INLINE void each(const float* a, float* to, size_t n, F f) {
  for (size_t i = 0; i < n; i += kLanes) store(to + i, f(load<f32v>(a + i)));
}

template <class F>
VAERANS_INLINE void each(const float* a, const float* b, float* to, size_t n, F f) {
  for (size_t i = 0; i < n; i += kLanes) store(to + i, f(load<f32v>(a + i), load<f32v>(b + i)));
}

#define VAERANS_EACH(...) each(a, to, n, [=](f32v x) VAERANS_LAMBDA_INLINE { return __VA_ARGS__; })
#define VAERANS_PAIRS(...) each(a, b, to, n, [=](f32v x, f32v y) VAERANS_LAMBDA_INLINE { return __VA_ARGS__; })

VAERANS_LOOP void pairs(uint32_t function, const float* a, const float* b, float* to, size_t n) {
  switch (function) {
    case VAERANS_ADD: return VAERANS_PAIRS(x + y);
    case VAERANS_SUB: return VAERANS_PAIRS(x - y);
    case VAERANS_MUL: return VAERANS_PAIRS(x * y);
    case VAERANS_DIV: return VAERANS_PAIRS(x / y);
    case VAERANS_MIN: return VAERANS_PAIRS(select((i32v)(x < y) | (i32v)(x != x), x, y));
    case VAERANS_MAX: return VAERANS_PAIRS(select((i32v)(x > y) | (i32v)(x != x), x, y));
    default: return VAERANS_PAIRS(select((i32v)(x < splat<f32v>(0.0f)), y * x, x));
  }
}

// n is a number of whole vectors.
VAERANS_LOOP void run(const vaerans_elementwise_step& s, const float* a, const float* b, float* to, size_t n) {
  if (s.function < VAERANS_ACTIVATION) return pairs(s.function, a, b, to, n);
  const float p = s.p, q = s.q;
  switch (s.function) {
    case VAERANS_EXP: return VAERANS_EACH(exp_lanes(x));
    case VAERANS_LOG: return VAERANS_EACH(log_lanes(x));
    case VAERANS_SQRT: return VAERANS_EACH(sqrt_lanes(x));
    case VAERANS_RECIPROCAL: return VAERANS_EACH(splat<f32v>(1.0f) / x);
    case VAERANS_NEG: return VAERANS_EACH(-x);
    case VAERANS_ABS: return VAERANS_EACH(magnitude(x));
    case VAERANS_ERF: return VAERANS_EACH(erf_lanes(x));
    case VAERANS_GELU_TANH: return VAERANS_EACH(gelu_tanh(x));
    case VAERANS_ELU: return VAERANS_EACH(elu(x, p));
    case VAERANS_HARD_SIGMOID: return VAERANS_EACH(clip(x * splat<f32v>(p) + splat<f32v>(q), 0.0f, 1.0f));
    case VAERANS_SOFTPLUS: return VAERANS_EACH(softplus(x));
    case VAERANS_ACTIVATION + VAERANS_ACTIVATION_SIGMOID: return VAERANS_EACH(sigmoid_lanes(x));
    case VAERANS_ACTIVATION + VAERANS_ACTIVATION_TANH: return VAERANS_EACH(tanh_lanes(x));
    case VAERANS_MISH: return VAERANS_EACH(x * tanh_lanes(softplus(x)));
    default: {
      const uint32_t activation = s.function - VAERANS_ACTIVATION;
      for (size_t i = 0; i < n; i += kLanes) store(to + i, activate(load<f32v>(a + i), activation, p, q));
    }
  }
}

VAERANS_INLINE void fill(float* to, float x) {
  for (size_t i = 0; i < kBlock; i += kLanes) store(to + i, splat<f32v>(x));
}

// Where the numbers of a run of elements begin in each operand; kFixed where they stand in the block already.
struct Offsets {
  size_t at[VAERANS_MOST_OPERANDS];
};
constexpr size_t kFixed = SIZE_MAX;

// All steps of `n` elements.
VAERANS_LOOP void steps(const vaerans_elementwise& e, Block& block, const Offsets& offsets, float* out, size_t n) {
  const size_t whole = (n + kLanes - 1) / kLanes * kLanes;
  for (size_t i = 0; i < e.operand_count; i++) {
    if (offsets.at[i] == kFixed) continue;
    const float* from = e.operands[i].data + offsets.at[i];
    block.registers[i] = whole == n ? from : block.operands[i];
    if (whole == n) continue;
    store(block.operands[i] + whole - kLanes, f32v{});
    __builtin_memcpy(block.operands[i], from, n * sizeof(float));
  }
  for (size_t i = 0; i < e.step_count; i++) {
    const vaerans_elementwise_step& s = e.steps[i];
    const bool last = i + 1 == e.step_count;
    float* to = last && whole == n ? out : block.results[i];
    run(s, block.registers[s.a], block.registers[s.b], to, whole);
    block.registers[e.operand_count + i] = to;
  }
  if (whole != n) __builtin_memcpy(out, block.results[e.step_count - 1], n * sizeof(float));
}

// Whether rows are so short that several go through the steps at once: then what is the same in each stands there as often.
VAERANS_INLINE bool joins(const vaerans_elementwise& e) {
  bool fit = e.rows > 1 && 2 * e.n <= kBlock;
  for (size_t i = 0; i < e.operand_count; i++)
    fit = fit && (e.operands[i].row == 0 || (e.operands[i].moves && e.operands[i].row == e.n));
  return fit;
}

VAERANS_LOOP void joined(const vaerans_elementwise& e, Block& block) {
  const size_t width = kBlock / e.n * e.n, all = e.rows * e.n;
  for (size_t i = 0; i < e.operand_count; i++) {
    const vaerans_elementwise_operand& o = e.operands[i];
    if (o.row != 0) continue;
    for (size_t k = 0; k < kBlock; k++) block.operands[i][k] = o.data[o.moves ? k % e.n : 0];
    block.registers[i] = block.operands[i];
  }
  for (size_t at = 0; at < all; at += width) {
    Offsets offsets;
    for (size_t i = 0; i < e.operand_count; i++) offsets.at[i] = e.operands[i].row == 0 ? kFixed : at;
    steps(e, block, offsets, e.out + at, min_size(width, all - at));
  }
}

VAERANS_LOOP void one_row(const vaerans_elementwise& e, Block& block, size_t row) {
  Offsets offsets;
  for (size_t i = 0; i < e.operand_count; i++) {
    const vaerans_elementwise_operand& o = e.operands[i];
    offsets.at[i] = o.moves ? row * o.row : kFixed;
    if (o.moves || (row > 0 && o.row == 0)) continue;
    fill(block.operands[i], o.data[row * o.row]);
    block.registers[i] = block.operands[i];
  }
  for (size_t at = 0; at < e.n; at += kBlock) {
    steps(e, block, offsets, e.out + row * e.n + at, min_size(kBlock, e.n - at));
    for (size_t i = 0; i < e.operand_count; i++) offsets.at[i] += offsets.at[i] == kFixed ? 0 : kBlock;
  }
}

void elementwise(const vaerans_elementwise* e) {
  Block block;
  if (joins(*e)) return joined(*e, block);
  for (size_t row = 0; row < e->rows; row++) one_row(*e, block, row);
}

}  // namespace

VAERANS_DEFINE(nn_elementwise) = {elementwise};
