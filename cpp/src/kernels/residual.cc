#include "elementwise.h"
#include "vaerans/kernels.h"

namespace {

template <class T>
struct Limits;
template <>
struct Limits<uint8_t> {
  static constexpr int32_t low = 0, high = 255;
};
template <>
struct Limits<uint16_t> {
  static constexpr int32_t low = 0, high = 65535;
};
template <>
struct Limits<int16_t> {
  static constexpr int32_t low = -32768, high = 32767;
};

template <class S, class R>
void forward(const S* src, const S* base, R* dst, uint32_t max_error, size_t begin, size_t end, uint32_t flags) {
  const int32_t k = int32_t(max_error);
  // floor(n / d) through f32: n = |r| + k < 2^18, so n + 0.5 is exact and (n + 0.5) / d is at least 0.5 / d away from an
  // integer; the two roundings (reciprocal, product) move it by less than (n + 0.5) / d * 2^-22.9 < 0.5 / d.
  const float inverse = 1.0f / float(2 * k + 1);
  auto block = [=](const S* s, const S* b, R* out) VAERANS_LAMBDA_INLINE {
    for (size_t i = 0; i < kBlock; i++) {
      const int32_t r = int32_t(s[i]) - int32_t(b[i]);
      const int32_t n = (r < 0 ? -r : r) + k;
      const int32_t q = int32_t((float(n) + 0.5f) * inverse);
      out[i] = R(r < 0 ? -q : q);
    }
  };
  elementwise(src, base, dst, begin, end, flags & VAERANS_STREAM, block);
}

template <class S, class R>
void inverse(const R* src, const S* base, S* dst, uint32_t max_error, size_t begin, size_t end, uint32_t flags) {
  const uint32_t d = 2 * max_error + 1;
  auto block = [=](const R* q, const S* b, S* out) VAERANS_LAMBDA_INLINE {
    for (size_t i = 0; i < kBlock; i++) {
      const int32_t v = int32_t(uint32_t(int32_t(b[i])) + uint32_t(int32_t(q[i])) * d);
      out[i] = S(v < Limits<S>::low ? Limits<S>::low : v > Limits<S>::high ? Limits<S>::high : v);
    }
  };
  elementwise(src, base, dst, begin, end, flags & VAERANS_STREAM, block);
}

}  // namespace

VAERANS_DEFINE(residual) = {
    VAERANS_EXTRA(forward<uint8_t, int16_t>),  VAERANS_EXTRA(forward<uint16_t, int32_t>),
    VAERANS_EXTRA(forward<int16_t, int32_t>),  VAERANS_EXTRA(inverse<uint8_t, int16_t>),
    VAERANS_EXTRA(inverse<uint16_t, int32_t>), VAERANS_EXTRA(inverse<int16_t, int32_t>),
};
