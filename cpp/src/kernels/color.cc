#include "interleave.h"
#include "vaerans/kernels.h"

namespace {

template <class S>
constexpr int kMax = sizeof(S) == 1 ? 255 : 65535;

template <class S>
VAERANS_INLINE S clamp_int(int32_t v) {
  return S(v < 0 ? 0 : v > kMax<S> ? kMax<S> : v);
}

// Half to even: a sum of 2^23 to 2^24 has no fraction bits. NaN fails the first comparison.
template <class S>
VAERANS_INLINE S clamp_round(float v) {
  v = v > 0.0f ? v : 0.0f;
  v = v < float(kMax<S>) ? v : float(kMax<S>);
  return S(int32_t((v + 0x1p23f) - 0x1p23f));
}

template <class P>
VAERANS_INLINE P wrap_add(P a, P b) {
  return P(uint32_t(a) + uint32_t(b));
}
template <class P>
VAERANS_INLINE P wrap_sub(P a, P b) {
  return P(uint32_t(a) - uint32_t(b));
}

constexpr size_t kMaxChannels = 4;

// --- Maps between the samples (S) and the plane values (P) of a block, in loops that the compiler vectorises.

template <class S, class P>
struct YcocgR {
  VAERANS_LOOP void forward(const S (*in)[kBlock], P (*out)[kBlock]) const {
    for (size_t i = 0; i < kBlock; i++) {
      const int32_t co = int32_t(in[0][i]) - int32_t(in[2][i]), t = int32_t(in[2][i]) + (co >> 1);
      const int32_t cg = int32_t(in[1][i]) - t;
      out[0][i] = P(t + (cg >> 1)), out[1][i] = P(co), out[2][i] = P(cg);
    }
  }
  // Sums wrap in the type of a plane: for 16 bits that lets the lanes stay narrow.
  VAERANS_LOOP void inverse(const P* __restrict y, const P* __restrict o, const P* __restrict g,
                            S (*__restrict out)[kBlock]) const {
    for (size_t i = 0; i < kBlock; i++) {
      const P t = wrap_sub<P>(y[i], P(g[i] >> 1)), b = wrap_sub<P>(t, P(o[i] >> 1));
      out[0][i] = clamp_int<S>(wrap_add<P>(b, o[i]));
      out[1][i] = clamp_int<S>(wrap_add<P>(g[i], t));
      out[2][i] = clamp_int<S>(b);
    }
  }
  P plane(S v) const { return P(v); }
  S sample(P v) const { return clamp_int<S>(int32_t(v)); }
};

template <class S>
struct Ycocg {
  VAERANS_LOOP void forward(const S (*in)[kBlock], float (*out)[kBlock]) const {
    for (size_t i = 0; i < kBlock; i++) {
      const float co = float(in[0][i]) - float(in[2][i]), t = float(in[2][i]) + co * 0.5f, cg = float(in[1][i]) - t;
      out[0][i] = t + cg * 0.5f, out[1][i] = co, out[2][i] = cg;
    }
  }
  VAERANS_LOOP void inverse(const float* __restrict y, const float* __restrict o, const float* __restrict g,
                            S (*__restrict out)[kBlock]) const {
    for (size_t i = 0; i < kBlock; i++) {
      const float t = y[i] - g[i] * 0.5f, b = t - o[i] * 0.5f;
      out[0][i] = clamp_round<S>(b + o[i]), out[1][i] = clamp_round<S>(g[i] + t), out[2][i] = clamp_round<S>(b);
    }
  }
  float plane(S v) const { return float(v); }
  S sample(float v) const { return clamp_round<S>(v); }
};

template <class S>
struct Affine {
  float scale, offset;
  float plane(S v) const { return float(v) * scale + offset; }
  S sample(float v) const { return clamp_round<S>(v * scale + offset); }
  VAERANS_LOOP void forward(const S (*in)[kBlock], float (*out)[kBlock]) const {
    for (int c = 0; c < 3; c++)
      for (size_t i = 0; i < kBlock; i++) out[c][i] = plane(in[c][i]);
  }
  VAERANS_LOOP void inverse(const float* __restrict r, const float* __restrict g, const float* __restrict b,
                            S (*__restrict out)[kBlock]) const {
    for (size_t i = 0; i < kBlock; i++) out[0][i] = sample(r[i]), out[1][i] = sample(g[i]), out[2][i] = sample(b[i]);
  }
};

// --- Ranges of pixels.

// The first pixel from which whole lines are written to every plane, if there is one within a block.
template <class P>
bool line_of_planes(P* const* dst, size_t channels, size_t begin, size_t* line) {
  const size_t head = until_line(dst[0] + begin);
  for (size_t c = 1; c < channels; c++)
    if (until_line(dst[c] + begin) != head) return false;
  *line = begin + head;
  return true;
}

template <class S>
bool line_of_pixels(const S* dst, size_t channels, size_t begin, size_t* line) {
  for (size_t i = begin; i < begin + kBlock; i++)
    if (until_line(dst + i * channels) == 0) return *line = i, true;
  return false;
}

template <class S, class P, class Map>
void split(const S* src, P* const* dst, size_t channels, size_t begin, size_t end, uint32_t flags, Map map) {
  if (channels < 1 || channels > kMaxChannels) return;
  const auto deinterleave = deinterleave_for<S>(channels);
  size_t line = begin;
  const bool streaming = (flags & VAERANS_STREAM) && line_of_planes(dst, channels, begin, &line);
  S space[kMaxChannels * kBlock] = {};
  alignas(64) S in[kMaxChannels][kBlock];
  alignas(64) P out[kMaxChannels][kBlock];
  for (size_t at = begin, n; at < end; at += n) {
    n = block_size(at, line, end);
    if (n < kBlock) __builtin_memcpy(space, src + at * channels, n * channels * sizeof(S));
    prefetch_ahead(src + at * channels, channels * kBlock);
    deinterleave(n < kBlock ? space : src + at * channels, in);
    if (channels >= 3) map.forward(in, out);
    for (size_t c = channels >= 3 ? 3 : 0; c < channels; c++)
      for (size_t i = 0; i < kBlock; i++) out[c][i] = map.plane(in[c][i]);
    for (size_t c = 0; c < channels; c++) put_block(dst[c] + at, out[c], n, streaming);
  }
  if (streaming) stream_fence();
}

template <class P, class S, class Map>
void merge(const P* const* src, S* dst, size_t channels, size_t begin, size_t end, uint32_t flags, Map map) {
  if (channels < 1 || channels > kMaxChannels) return;
  const auto interleave = interleave_for<S>(channels);
  size_t line = begin;
  const bool streaming = (flags & VAERANS_STREAM) && line_of_pixels(dst, channels, begin, &line);
  alignas(64) P in[kMaxChannels][kBlock] = {};
  alignas(64) S out[kMaxChannels][kBlock];
  alignas(64) S pixels[kMaxChannels * kBlock];
  for (size_t at = begin, n; at < end; at += n) {
    n = block_size(at, line, end);
    const P* from[kMaxChannels];
    for (size_t c = 0; c < channels; c++) {
      from[c] = get_block(src[c] + at, n, in[c]);
      prefetch_ahead(src[c] + at, kBlock);
    }
    if (channels >= 3) map.inverse(from[0], from[1], from[2], out);
    for (size_t c = channels >= 3 ? 3 : 0; c < channels; c++)
      for (size_t i = 0; i < kBlock; i++) out[c][i] = map.sample(from[c][i]);
    interleave(out, pixels);
    S* to = dst + at * channels;
    if (n == kBlock && streaming)
      for (size_t i = 0; i < channels * kBlock; i += kLine / sizeof(S)) stream_line(to + i, pixels + i);
    else __builtin_memcpy(to, pixels, n * channels * sizeof(S));
  }
  if (streaming) stream_fence();
}

// --- The table's functions.

template <class S, class P>
void ycocg_r_forward(const S* src, P* const* dst, size_t channels, size_t begin, size_t end, uint32_t flags) {
  split(src, dst, channels, begin, end, flags, YcocgR<S, P>{});
}

template <class P, class S>
void ycocg_r_inverse(const P* const* src, S* dst, size_t channels, size_t begin, size_t end, uint32_t flags) {
  merge(src, dst, channels, begin, end, flags, YcocgR<S, P>{});
}

template <class S>
void ycocg_forward(const S* src, float* const* dst, size_t channels, size_t begin, size_t end, uint32_t flags) {
  split(src, dst, channels, begin, end, flags, Ycocg<S>{});
}

template <class S>
void ycocg_inverse(const float* const* src, S* dst, size_t channels, size_t begin, size_t end, uint32_t flags) {
  merge(src, dst, channels, begin, end, flags, Ycocg<S>{});
}

template <class S>
void planes_from(const S* src, float* const* dst, size_t channels, float scale, float offset, size_t begin, size_t end,
                 uint32_t flags) {
  split(src, dst, channels, begin, end, flags, Affine<S>{scale, offset});
}

template <class S>
void planes_to(const float* const* src, S* dst, size_t channels, float scale, float offset, size_t begin, size_t end,
               uint32_t flags) {
  merge(src, dst, channels, begin, end, flags, Affine<S>{scale, offset});
}

// --- A matrix.

template <class S>
void matrix_forward(const S* src, float* const* dst, size_t channels, const float* m, float scale, float offset,
                    size_t begin, size_t end) {
  if (channels < 1 || channels > kMaxChannels) return;
  const auto deinterleave = deinterleave_for<S>(channels);
  const Affine<S> affine{scale, offset};
  S space[kMaxChannels * kBlock] = {};
  alignas(64) S in[kMaxChannels][kBlock];
  alignas(64) float v[3][kBlock];
  alignas(64) float out[3][kBlock];
  const int planes = channels < 3 ? 1 : 3;
  for (size_t at = begin, n; at < end; at += n) {
    n = min_size(kBlock, end - at);
    if (n < kBlock) __builtin_memcpy(space, src + at * channels, n * channels * sizeof(S));
    deinterleave(n < kBlock ? space : src + at * channels, in);
    for (int c = 0; c < planes; c++)
      for (size_t i = 0; i < kBlock; i++) v[c][i] = affine.plane(in[c][i]);
    for (int c = 0; c < planes; c++) {
      const float m0 = m[3 * c], m1 = m[3 * c + 1], m2 = m[3 * c + 2];
      if (planes == 1)
        for (size_t i = 0; i < kBlock; i++) out[0][i] = m0 * v[0][i];
      else
        for (size_t i = 0; i < kBlock; i++) out[c][i] = m0 * v[0][i] + m1 * v[1][i] + m2 * v[2][i];
      __builtin_memcpy(dst[c] + at, out[c], n * sizeof(float));
    }
  }
}

// One code for planes of both types.
template <class S>
VAERANS_LOOP void matrix_block(const float (*in)[kBlock], int planes, const float* m, Affine<S> affine,
                               S (*out)[kBlock]) {
  for (int c = 0; c < planes; c++) {
    const float m0 = m[3 * c], m1 = m[3 * c + 1], m2 = m[3 * c + 2];
    if (planes == 1)
      for (size_t i = 0; i < kBlock; i++) out[0][i] = affine.sample(m0 * in[0][i]);
    else
      for (size_t i = 0; i < kBlock; i++) out[c][i] = affine.sample(m0 * in[0][i] + m1 * in[1][i] + m2 * in[2][i]);
  }
}

template <class P, class S>
void matrix_inverse(const P* const* src, S* dst, size_t channels, const float* m, float scale, float offset,
                    size_t begin, size_t end) {
  if (channels < 1 || channels > kMaxChannels) return;
  const auto interleave = interleave_for<S>(channels);
  const Affine<S> affine{scale, offset};
  alignas(64) float in[3][kBlock] = {};
  alignas(64) S out[kMaxChannels][kBlock];
  alignas(64) S pixels[kMaxChannels * kBlock];
  const int planes = channels < 3 ? 1 : 3;
  for (size_t i = 0; i < kBlock && channels % 2 == 0; i++) out[channels - 1][i] = S(kMax<S>);
  for (size_t at = begin, n; at < end; at += n) {
    n = min_size(kBlock, end - at);
    for (int c = 0; c < planes; c++)
      for (size_t i = 0; i < n; i++) in[c][i] = float(src[c][at + i]);
    matrix_block(in, planes, m, affine, out);
    interleave(out, pixels);
    __builtin_memcpy(dst + at * channels, pixels, n * channels * sizeof(S));
  }
}

}  // namespace

VAERANS_DEFINE(color) = {
    VAERANS_EXTRA(ycocg_r_forward<uint8_t, int16_t>),
    VAERANS_ENCODER(ycocg_r_forward<uint8_t, int32_t>),
    VAERANS_ENCODER(ycocg_r_forward<uint16_t, int32_t>),
    VAERANS_EXTRA(ycocg_r_inverse<int16_t, uint8_t>),
    VAERANS_EXTRA(ycocg_r_inverse<int32_t, uint8_t>),
    VAERANS_EXTRA(ycocg_r_inverse<int32_t, uint16_t>),
    VAERANS_EXTRA(ycocg_forward<uint8_t>),
    VAERANS_EXTRA(ycocg_forward<uint16_t>),
    VAERANS_EXTRA(ycocg_inverse<uint8_t>),
    VAERANS_EXTRA(ycocg_inverse<uint16_t>),
    VAERANS_EXTRA(planes_from<uint8_t>),
    VAERANS_EXTRA(planes_from<uint16_t>),
    VAERANS_EXTRA(planes_to<uint8_t>),
    VAERANS_EXTRA(planes_to<uint16_t>),
    VAERANS_ENCODER(matrix_forward<uint8_t>),
    VAERANS_ENCODER(matrix_forward<uint16_t>),
    VAERANS_CODER(matrix_inverse<float, uint8_t>),
    VAERANS_CODER(matrix_inverse<float, uint16_t>),
    VAERANS_CODER(matrix_inverse<int16_t, uint8_t>),
    VAERANS_CODER(matrix_inverse<int16_t, uint16_t>),
};
