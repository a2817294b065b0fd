// Separable Gaussian: for each output row first down the columns, then along the row. The order of the operations of one
// output sample is fixed by the source (see reference/blur.rs), so a vector may be as wide as the machine likes.
#include "lanes.h"
#include "vaerans/kernels.h"

namespace {

// As many samples as there are 32-bit lanes.
typedef uint8_t u8l __attribute__((vector_size(kLanes)));
typedef uint16_t u16l __attribute__((vector_size(2 * kLanes)));

VAERANS_INLINE f32v widen(const float* p) { return load<f32v>(p); }
VAERANS_INLINE f32v widen(u16l v) { return __builtin_convertvector(__builtin_convertvector(v, i32v), f32v); }
VAERANS_INLINE f32v widen(const uint16_t* p) { return widen(load<u16l>(p)); }
VAERANS_INLINE f32v widen(const uint8_t* p) {
#if defined(__SSE4_1__) && VAERANS_VECTOR == 16
  return __builtin_convertvector((i32v)_mm_cvtepu8_epi32(_mm_cvtsi32_si128(load<int32_t>(p))), f32v);
#else
  // One doubling at a time: GCC takes a conversion to four times the width apart into elements.
  return widen(__builtin_convertvector(load<u8l>(p), u16l));
#endif
}

// Nearest integer, ties to even, of 0 <= x < 2^22: adding 1.5 * 2^23 pushes the fraction out of the significand.
template <class V>
VAERANS_INLINE V round_even(V x) {
  return (x + 0x1.8p23f) - 0x1.8p23f;
}

// Rounding alone can lift a mean of values of at most `high` above it, and by far less than one.
VAERANS_INLINE void narrow(f32v x, float* out) { store(out, x); }
VAERANS_INLINE void narrow(f32v x, uint8_t* out) {
  const f32v held = x < 255.0f ? x : splat<f32v>(255.0f);
  const u16l halves = __builtin_convertvector(__builtin_convertvector(round_even(held), i32v), u16l);
  store(out, __builtin_convertvector(halves, u8l));
}
VAERANS_INLINE void narrow(f32v x, uint16_t* out) {
  const f32v held = x < 65535.0f ? x : splat<f32v>(65535.0f);
  store(out, __builtin_convertvector(__builtin_convertvector(round_even(held), i32v), u16l));
}
VAERANS_INLINE void narrow(float x, float* out) { *out = x; }
VAERANS_INLINE void narrow(float x, uint8_t* out) {
  *out = static_cast<uint8_t>(static_cast<int32_t>(round_even(x < 255.0f ? x : 255.0f)));
}
VAERANS_INLINE void narrow(float x, uint16_t* out) {
  *out = static_cast<uint16_t>(static_cast<int32_t>(round_even(x < 65535.0f ? x : 65535.0f)));
}

// Position `index` of a line of `length` samples mirrored about its outer edges for ever.
VAERANS_INLINE size_t reflect(ptrdiff_t index, size_t length) {
  const ptrdiff_t n = static_cast<ptrdiff_t>(length);
  if (index < -n || index >= 2 * n) {
    index %= 2 * n;
    if (index < 0) index += 2 * n;
  }
  if (index < 0) return static_cast<size_t>(-1 - index);
  return static_cast<size_t>(index < n ? index : 2 * n - 1 - index);
}

// Samples whose sums are held in registers while the taps go by.
constexpr size_t kVectors = 4;
constexpr size_t kBlock = kVectors * kLanes;

// out[i] = w[0] x[i] + sum over k of w[k] (x[i] of the line k before + x[i] of the line k after), where `before(k)` and
// `after(k)` point to those lines.
template <class T, class Out, class Before, class After>
VAERANS_INLINE void taps(const vaerans_blur_plan* plan, const T* centre, Before before, After after, Out* out) {
  const float* weights = plan->weights;
  size_t i = 0;
  for (; i + kBlock <= plan->row; i += kBlock) {
    f32v acc[kVectors];
    for (size_t v = 0; v < kVectors; v++) acc[v] = weights[0] * widen(centre + i + v * kLanes);
    for (size_t k = 1; k <= plan->radius; k++) {
      const T* a = before(k) + i;
      const T* b = after(k) + i;
      for (size_t v = 0; v < kVectors; v++) acc[v] += weights[k] * (widen(a + v * kLanes) + widen(b + v * kLanes));
    }
    for (size_t v = 0; v < kVectors; v++) narrow(acc[v], out + i + v * kLanes);
  }
  for (; i < plan->row; i++) {
    float acc = weights[0] * static_cast<float>(centre[i]);
    for (size_t k = 1; k <= plan->radius; k++) {
      acc += weights[k] * (static_cast<float>(before(k)[i]) + static_cast<float>(after(k)[i]));
    }
    narrow(acc, out + i);
  }
}

// Fills the radius * channels samples on either side of the row at `line`.
void mirror(const vaerans_blur_plan* plan, float* line) {
  const size_t channels = plan->channels;
  const size_t width = plan->row / channels;
  for (size_t k = 1; k <= plan->radius; k++) {
    const ptrdiff_t step = static_cast<ptrdiff_t>(k);
    const float* left = line + reflect(-step, width) * channels;
    const float* right = line + reflect(static_cast<ptrdiff_t>(width) + step - 1, width) * channels;
    for (size_t c = 0; c < channels; c++) {
      *(line - k * channels + c) = left[c];
      line[plan->row + (k - 1) * channels + c] = right[c];
    }
  }
}

// A row, with room on either side for what lies beyond the borders.
size_t scratch_of(const vaerans_blur_plan* plan) { return plan->row + 2 * plan->radius * plan->channels; }

template <class T>
void rows(const vaerans_blur_plan* plan, const T* src, T* dst, float* scratch, size_t begin, size_t end) {
  float* line = scratch + plan->radius * plan->channels;
  for (size_t y = begin; y < end; y++) {
    const auto row = [&](ptrdiff_t index) { return src + reflect(index, plan->height) * plan->row; };
    const ptrdiff_t at = static_cast<ptrdiff_t>(y);
    taps(
        plan, src + y * plan->row, [&](size_t k) { return row(at - static_cast<ptrdiff_t>(k)); },
        [&](size_t k) { return row(at + static_cast<ptrdiff_t>(k)); }, line);
    mirror(plan, line);
    taps(
        plan, line, [&](size_t k) { return line - k * plan->channels; },
        [&](size_t k) { return line + k * plan->channels; }, dst + (y - begin) * plan->row);
  }
}

}  // namespace

VAERANS_DEFINE(blur) = {VAERANS_EXTRA(rows<float>), VAERANS_EXTRA(rows<uint8_t>), VAERANS_EXTRA(rows<uint16_t>),
                        VAERANS_EXTRA(scratch_of)};
