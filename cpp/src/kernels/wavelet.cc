#include "wavelet/forward.h"
#include "wavelet/inverse.h"

namespace vaerans_wavelet {
namespace {

// Filters of a type that this build has: bit 1 << filter.
constexpr bool kExtra = !(VAERANS_LEAVE_OUT & 4);
template <class T>
constexpr uint32_t kFilters = kExtra ? (1u << VAERANS_CDF53 | 1u << VAERANS_HAAR) : 0;
template <>
constexpr uint32_t kFilters<float> = 1u << VAERANS_CDF97 | (kExtra ? 1u << VAERANS_CDF53 | 1u << VAERANS_HAAR : 0);
template <>
constexpr uint32_t kFilters<int32_t> = 1u << VAERANS_CDF53 | (kExtra ? 1u << VAERANS_HAAR : 0);

template <class F>
struct Tag {
  typedef F type;
};

// Calls run(Tag<the filter>) where this build has the filter for the type.
template <class T, class Run>
VAERANS_INLINE void with_filter(int32_t filter, Run run) {
  constexpr uint32_t has = kFilters<T>;
  if constexpr (has & 1u << VAERANS_CDF97)
    if (filter == VAERANS_CDF97) return run(Tag<Cdf97>());
  if constexpr (has & 1u << VAERANS_HAAR)
    if (filter == VAERANS_HAAR) return run(Tag<Haar<T>>());
  if constexpr (has & 1u << VAERANS_CDF53) run(Tag<Cdf53<T>>());
}

template <class T>
void forward_of(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper,
                T* lower, size_t stride, T* scratch) {
  with_filter<T>(job->filter, [=](auto filter) {
    forward<typename decltype(filter)::type, T>(job, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
  });
}

template <class T>
void inverse_of(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper, const T* lower,
                size_t stride, T* dst, size_t dst_stride, T* scratch) {
  with_filter<T>(job->filter, [=](auto filter) {
    inverse<typename decltype(filter)::type, T>(job, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
  });
}

}  // namespace
}  // namespace vaerans_wavelet

VAERANS_DEFINE(wavelet) = {
    VAERANS_ENCODER(vaerans_wavelet::forward_of<float>),
    VAERANS_CODER(vaerans_wavelet::inverse_of<float>),
    VAERANS_ENCODER(vaerans_wavelet::forward_of<int32_t>),
    VAERANS_EXTRA(vaerans_wavelet::inverse_of<int32_t>),
    VAERANS_EXTRA(vaerans_wavelet::forward_of<int16_t>),
    VAERANS_EXTRA(vaerans_wavelet::inverse_of<int16_t>),
    vaerans_wavelet::kFilters<float>,
    vaerans_wavelet::kFilters<int32_t>,
    vaerans_wavelet::kFilters<int16_t>,
    vaerans_wavelet::scratch_of,
};
